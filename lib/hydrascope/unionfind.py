"""Connected components of edges that fit into memory. Imports no Spark; runs inside its Python workers.

Sole importer of scipy.sparse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Ids = npt.NDArray[np.int64]


def components(src: Ids, dst: Ids) -> tuple[Ids, Ids]:
    """Every end of the edges once, in no order, and the smallest end that it is connected to.

    Edges have no direction; repeated ones and loops change nothing. About 80 bytes an edge (scipy's breadth-first search
    over a compressed sparse matrix). Raises ArithmeticError should an edge end in two components.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if not len(src):
        return src, dst
    codes, ends = pd.factorize(np.concatenate([src, dst]))
    half = codes.astype(np.int32)
    ones = np.ones(len(src), dtype=np.int8)
    matrix = coo_matrix((ones, (half[: len(src)], half[len(src) :])), shape=(len(ends), len(ends)))
    count, label = connected_components(matrix, directed=False)
    if not np.array_equal(label[half[: len(src)]], label[half[len(src) :]]):
        raise ArithmeticError("components: an edge joins two components")
    smallest = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(smallest, label, ends)
    return ends, smallest[label]


def forest(batches: Iterable[tuple[Ids, Ids]], chunk: int) -> Iterator[tuple[Ids, Ids]]:
    """Fewer edges that connect the same ends: for every end but the smallest of its component, an edge to that.

    `batches` are read as they come and contracted whenever `chunk` edges are held, so memory is bounded by the chunk
    and the number of ends, whatever the number of edges.
    """
    held: list[tuple[Ids, Ids]] = []
    size = 0
    for batch in batches:
        held.append(batch)
        size += len(batch[0])
        if size >= chunk:
            held = [_contracted(held)]
            size = len(held[0][0])
            chunk = max(chunk, 2 * size)
    if held:
        yield _contracted(held)


def _contracted(held: list[tuple[Ids, Ids]]) -> tuple[Ids, Ids]:
    ends, smallest = components(*(np.concatenate(side) for side in zip(*held, strict=True)))
    moved = ends != smallest
    return smallest[moved], ends[moved]


def symmetric(src: Ids, dst: Ids, weight: Any, nodes: int) -> tuple[Ids, npt.NDArray[np.int32], Any]:
    """The undirected weighted graph over nodes 0..n-1 as a compressed sparse matrix: pointers, indices, weights."""
    from scipy.sparse import coo_matrix

    ends = (np.concatenate([src, dst]), np.concatenate([dst, src]))
    matrix = coo_matrix((np.concatenate([weight, weight]), ends), shape=(nodes, nodes)).tocsr()
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data.astype(np.float64)
