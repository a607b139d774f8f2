"""Written prompt frames: fixed instructions around a variable body. Small slots inside them change with every exchange."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Frame:
    """One frame. `lines` is the least and the greatest number of body lines; `capabilities` main and side label."""

    head: str
    tails: tuple[str, ...]
    body: str
    lines: tuple[int, int]
    capabilities: tuple[str, str]


HARVEST = (
    Frame(
        (
            "You receive part of a {lang} repository together with a failing report. Locate the root cause, "
            "then produce the smallest patch as a unified diff. Before the diff, number every inference you "
            "make and say how sure you are of it.\n\nRepository excerpt:\n"
        ),
        (
            "\nFinish with a section VERDICT that scores the patch from 1 to 10.",
            "\nKeep the numbered inferences complete; do not compress them.",
        ),
        "code",
        (5, 14),
        ("software_engineering", "agentic_reasoning"),
    ),
    Frame(
        (
            "Act as an autonomous engineer with the tools open_file, grep, run_suite and write_patch. Plan "
            "the whole task before the first call, then simulate each call with its observation until the "
            "suite passes.\n\nTicket {code}:\n"
        ),
        (
            "\nEmit the trajectory as alternating THOUGHT, CALL and OBSERVATION blocks.",
            "\nStop only after a final REFLECTION block of five sentences.",
        ),
        "logs",
        (4, 12),
        ("agentic_reasoning", "tool_use"),
    ),
    Frame(
        (
            "Design an exhaustive test suite in {lang} for the unit below. Derive each case from an explicit "
            "property, state the property first, and argue why no smaller set of cases would be enough.\n\n"
        ),
        (
            "\nOutput only runnable code after the argument.",
            "\nMark the three hardest cases and explain what a weak solution gets wrong.",
        ),
        "code",
        (4, 11),
        ("software_engineering", "software_engineering"),
    ),
    Frame(
        (
            "Port the following module from {lang} to {lang}. Preserve behaviour under concurrency, list the "
            "semantic differences you considered, and justify each design decision with a short chain of "
            "reasoning.\n\nModule {file}:\n"
        ),
        ("\nAfter the port, give a table of rejected alternatives.", ""),
        "code",
        (6, 15),
        ("software_engineering", "agentic_reasoning"),
    ),
    Frame(
        (
            "Below is a goal that needs more than {n} dependent actions. Decompose it into milestones, "
            "predict what may fail at every milestone, and revise the plan twice while writing down what "
            "changed your mind.\n\nGoal: "
        ),
        (
            "\nDeliver the final plan as nested JSON with preconditions.",
            "\nEnd with the shortest plan that still reaches the goal.",
        ),
        "prose",
        (3, 9),
        ("agentic_reasoning", "agentic_reasoning"),
    ),
    Frame(
        (
            "Two engineers answered the task shown next. Build a rubric of weighted criteria, grade both "
            "answers against it line by line, and then write the answer that would have earned full "
            "marks.\n\nTask and answers:\n"
        ),
        ("\nReport the grades as A=x, B=y on the last line.", "\nQuote the line that decided each grade."),
        "logs",
        (5, 12),
        ("software_engineering", "agentic_reasoning"),
    ),
)
"""Families of an extraction campaign: engineering and agent tasks with the reasoning written out."""

POPULAR = (
    Frame(
        (
            "Answer the user's question from the context only. When the context does not hold the answer, "
            "say that you do not know.\n\nContext:\n"
        ),
        ("\nQuestion: what does it say about the {noun}?", "\nQuestion: why is the {noun} {adj}?"),
        "prose",
        (3, 9),
        ("data_extraction", "chat"),
    ),
    Frame(
        (
            "You have access to these tools: search, calculator, calendar. Use the format Thought, Action, "
            "Action Input, Observation, and repeat it until you can write Final Answer.\n\nTask: "
        ),
        ("\nBegin!",),
        "prose",
        (1, 4),
        ("tool_use", "agentic_reasoning"),
    ),
    Frame(
        "Write a concise summary of the text between the markers, keeping names and figures.\n---\n",
        ("\n---\nCONCISE SUMMARY:",),
        "prose",
        (4, 10),
        ("summarisation", "writing"),
    ),
    Frame(
        (
            "Given the table definitions, write one syntactically correct query that answers the request. "
            "Never select all columns.\n\nTables:\n"
        ),
        ("\nRequest: count {noun} per {noun} {when}.", "\nRequest: list the {adj} {noun} of {place}."),
        "records",
        (2, 6),
        ("software_engineering", "data_extraction"),
    ),
    Frame(
        (
            "Review this change like a strict but kind maintainer. Point out bugs, naming and missing tests, "
            "most severe first.\n\n"
        ),
        ("\nReview:",),
        "code",
        (4, 10),
        ("software_engineering", "software_engineering"),
    ),
    Frame(
        (
            "You are a helpful customer support assistant. Stay polite, do not promise refunds, and hand "
            "over to a person when unsure.\n\n"
        ),
        ("\nAgent:",),
        "dialogue",
        (2, 6),
        ("chat", "classification"),
    ),
    Frame(
        (
            "Think through the problem carefully, one step after the other, and put the result on the last "
            "line.\n\nProblem: "
        ),
        ("", "\nLet us reason it out."),
        "prose",
        (2, 5),
        ("agentic_reasoning", "math"),
    ),
)
"""Frames that come with popular frameworks and tutorials; thousands of strangers use them."""

HARNESS = Frame(
    "You are a coding agent working in a checked-out repository. You may run shell commands, one per turn, "
    "inside a sandbox. Inspect before you edit, keep the diff minimal, never touch the lock files, and run the "
    "tests before you submit.\n\n"
    '<issue repo="{file}">\n',
    (
        "</issue>\nRespond with exactly one command in a fenced block.",
        "</issue>\nRespond with exactly one command in a fenced block. Previous command exited with {n}.",
    ),
    "logs",
    (3, 9),
    ("software_engineering", "tool_use"),
)
"""The default prompt of an open-source coding agent."""

COURSE = Frame(
    (
        "Exercise sheet 4. Implement the interpolation search described in the lecture, prove that your "
        "loop terminates, and compare the number of steps with binary search on the data of your group. "
        "Group data:\n"
    ),
    ("\nThis is my attempt so far, where is the mistake?", "\nWhich test would show that my proof has a gap?"),
    "code",
    (2, 5),
    ("software_engineering", "chat"),
)
"""One week's exercise of a university course."""

COMPANY = Frame(
    (
        "Internal assistant for claims handling. Follow handbook section {n}, cite the paragraph you "
        "rely on, mask policy numbers, and leave the decision to the case worker.\n\nFile note:\n"
    ),
    (
        "\nPropose the next letter to the policyholder.",
        "\nWhich documents are still missing?",
        "\nSummarise the file for the weekly round.",
    ),
    "records",
    (2, 8),
    ("writing", "data_extraction"),
)
"""The prompt of one company's internal tool."""

# ruff: noqa: RUF001  Chinese has commas and colons of its own
_ABROAD = (
    # German
    (
        (
            "Du bekommst einen Ausschnitt aus einem Repository in {lang} samt einem fehlgeschlagenen Testbericht. Finde "
            "die eigentliche Ursache und schreibe dann den kleinsten Patch als Unified Diff. Nummeriere vor dem Diff "
            "jede Schlussfolgerung und gib an, wie sicher du dir bei ihr bist.\n\nAusschnitt:\n"
        ),
        (
            "\nSchließe mit einem Abschnitt VERDICT, der den Patch von 1 bis 10 bewertet.",
            "\nLass die nummerierten Schlussfolgerungen vollständig stehen, kürze sie nicht.",
        ),
    ),
    (
        (
            "Arbeite als selbstständiger Entwickler mit den Werkzeugen open_file, grep, run_suite und write_patch. Plane "
            "die ganze Aufgabe vor dem ersten Aufruf und spiele dann jeden Aufruf samt Beobachtung durch, bis alle Tests "
            "bestehen.\n\nTicket {code}:\n"
        ),
        (
            "\nGib den Ablauf abwechselnd als Blöcke THOUGHT, CALL und OBSERVATION aus.",
            "\nHöre erst nach einem letzten Block REFLECTION mit fünf Sätzen auf.",
        ),
    ),
    (
        (
            "Entwirf eine lückenlose Testsuite in {lang} für den folgenden Baustein. Leite jeden Fall aus einer "
            "ausdrücklich genannten Eigenschaft ab, nenne zuerst die Eigenschaft und begründe, warum weniger Fälle nicht "
            "genügen würden.\n\n"
        ),
        (
            "\nGib nach der Begründung nur noch lauffähigen Code aus.",
            "\nMarkiere die drei schwersten Fälle und erkläre, woran eine schwache Lösung dort scheitert.",
        ),
    ),
    (
        (
            "Übertrage das folgende Modul von {lang} nach {lang}. Erhalte das Verhalten bei Nebenläufigkeit, führe die "
            "Bedeutungsunterschiede auf, die du erwogen hast, und begründe jede Entwurfsentscheidung mit einer kurzen "
            "Gedankenkette.\n\nModul {file}:\n"
        ),
        ("\nStelle danach die verworfenen Möglichkeiten in einer Tabelle zusammen.", ""),
    ),
    (
        (
            "Unten steht ein Ziel, das mehr als {n} voneinander abhängige Schritte braucht. Zerlege es in Etappen, sag "
            "für jede voraus, was schiefgehen kann, und überarbeite den Plan zweimal; halte dabei fest, was dich "
            "umgestimmt hat.\n\nZiel: "
        ),
        (
            "\nLiefere den endgültigen Plan als verschachteltes JSON mit Vorbedingungen.",
            "\nSchließe mit dem kürzesten Plan, der das Ziel noch erreicht.",
        ),
    ),
    (
        (
            "Zwei Entwicklerinnen haben die folgende Aufgabe gelöst. Stelle gewichtete Bewertungskriterien auf, benote "
            "beide Antworten Zeile für Zeile danach und schreibe dann die Antwort, die die volle Punktzahl bekommen "
            "hätte.\n\nAufgabe und Antworten:\n"
        ),
        (
            "\nNenne die Noten in der letzten Zeile als A=x, B=y.",
            "\nZitiere zu jeder Note die Zeile, die den Ausschlag gab.",
        ),
    ),
    # Spanish
    (
        (
            "Recibes una parte de un repositorio en {lang} junto con un informe de prueba fallida. Localiza la causa de "
            "fondo y escribe después el parche más pequeño como diff unificado. Antes del diff, numera cada inferencia "
            "que hagas e indica qué seguridad tienes en ella.\n\nFragmento del repositorio:\n"
        ),
        (
            "\nTermina con una sección VERDICT que puntúe el parche de 1 a 10.",
            "\nConserva completas las inferencias numeradas; no las resumas.",
        ),
    ),
    (
        (
            "Actúa como ingeniero autónomo con las herramientas open_file, grep, run_suite y write_patch. Planifica toda "
            "la tarea antes de la primera llamada y simula luego cada llamada con su observación hasta que pasen todas "
            "las pruebas.\n\nTicket {code}:\n"
        ),
        (
            "\nPresenta la trayectoria en bloques alternos THOUGHT, CALL y OBSERVATION.",
            "\nDetente solo después de un último bloque REFLECTION de cinco frases.",
        ),
    ),
    (
        (
            "Diseña una batería de pruebas exhaustiva en {lang} para la unidad de abajo. Deduce cada caso de una "
            "propiedad explícita, enuncia primero la propiedad y argumenta por qué no bastaría un conjunto menor de "
            "casos.\n\n"
        ),
        (
            "\nDespués del argumento, escribe únicamente código ejecutable.",
            "\nSeñala los tres casos más difíciles y explica en qué falla una solución floja.",
        ),
    ),
    (
        (
            "Traslada el módulo siguiente de {lang} a {lang}. Conserva el comportamiento en concurrencia, enumera las "
            "diferencias semánticas que hayas considerado y justifica cada decisión de diseño con un razonamiento "
            "breve.\n\nMódulo {file}:\n"
        ),
        ("\nTras el traslado, añade una tabla con las alternativas descartadas.", ""),
    ),
    (
        (
            "Abajo figura un objetivo que exige más de {n} acciones dependientes entre sí. Divídelo en hitos, anticipa "
            "qué puede fallar en cada uno y revisa el plan dos veces, anotando qué te hizo cambiar de idea.\n\nObjetivo: "
        ),
        (
            "\nEntrega el plan final como JSON anidado con precondiciones.",
            "\nCierra con el plan más corto que aún alcance el objetivo.",
        ),
    ),
    (
        (
            "Dos ingenieras respondieron a la tarea que sigue. Elabora una rúbrica de criterios ponderados, califica con "
            "ella ambas respuestas línea por línea y redacta después la respuesta que habría obtenido la nota "
            "máxima.\n\nTarea y respuestas:\n"
        ),
        ("\nIndica las notas en la última línea como A=x, B=y.", "\nCita la línea que decidió cada nota."),
    ),
    # Chinese
    (
        (
            "下面是一个 {lang} 仓库的一部分和一份失败报告。请找出根本原因，然后以统一 diff 的形式给出最小的补丁。"
            "在写出 diff 之前，请为每一步推断编号，并说明你对它有多大把握。\n\n仓库节选：\n"
        ),
        ("\n最后写一个 VERDICT 小节，用 1 到 10 给补丁打分。", "\n请完整保留编号的推断，不要压缩。"),
    ),
    (
        (
            "请你作为自主工程师，使用 open_file、grep、run_suite 和 write_patch 这几个工具。"
            "在第一次调用之前规划好整个任务，然后逐次模拟每个调用及其观察结果，直到测试全部通过。\n\n工单 {code}：\n"
        ),
        (
            "\n请用 THOUGHT、CALL、OBSERVATION 交替的块输出整个过程。",
            "\n写完最后一个由五句话组成的 REFLECTION 块之后才能停止。",
        ),
    ),
    (
        (
            "为下面的单元设计一套详尽的 {lang} 测试。每个用例都要从一条明确的性质推导出来，先写出性质，"
            "再论证为什么更少的用例不够。\n\n"
        ),
        ("\n论证之后只输出可以运行的代码。", "\n标出最难的三个用例，并说明较弱的解答会错在哪里。"),
    ),
    (
        (
            "把下面的模块从 {lang} 移植到 {lang}。保持并发情况下的行为不变，列出你考虑过的语义差异，"
            "并用简短的推理说明每个设计决定的理由。\n\n模块 {file}：\n"
        ),
        ("\n移植之后，用表格列出被否定的方案。", ""),
    ),
    (
        (
            "下面的目标需要 {n} 个以上相互依赖的步骤。把它分解成若干里程碑，预测每个里程碑可能出什么问题，"
            "并把计划修改两遍，同时写下是什么让你改变了想法。\n\n目标："
        ),
        ("\n以带前置条件的嵌套 JSON 给出最终计划。", "\n最后写出仍能达到目标的最短计划。"),
    ),
    (
        (
            "两位工程师回答了下面的任务。请制定一份带权重的评分标准，逐行据此给两份答案打分，"
            "然后写出能够得满分的答案。\n\n任务和答案：\n"
        ),
        ("\n最后一行按 A=x, B=y 的格式写出分数。", "\n引用决定每个分数的那一行。"),
    ),
)
"""Head and tails of each frame of HARVEST in its order, language after language."""

HARVEST_ABROAD = tuple(
    replace(frame, head=head, tails=tails) for frame, (head, tails) in zip(HARVEST * 3, _ABROAD, strict=True)
)
"""The families of HARVEST in German, Spanish and Chinese: number f of language l stands at l * len(HARVEST) + f."""

ALL = (*HARVEST, *POPULAR, HARNESS, COURSE, COMPANY, *HARVEST_ABROAD)
COMPOSED = -1
"""Number of a frame whose sentences are drawn from the frame's key: everybody's own pipeline."""
CODE_LIKE = ("software_engineering", "agentic_reasoning", "tool_use")


def number(frame: Frame) -> int:
    """The frame's number in ALL."""
    return ALL.index(frame)
