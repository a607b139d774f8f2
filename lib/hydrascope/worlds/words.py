"""The vocabulary prompts are written with: topics with words of their own, and words that any topic uses."""

from __future__ import annotations

from itertools import product

TOPICS: dict[str, tuple[str, str, str]] = {
    "cooking": (
        (
            "broth dough marinade skillet casserole seasoning garnish pantry oven simmer batter glaze roast "
            "lentil dumpling pastry menu recipe spice stew"
        ),
        "braise whisk knead reduce plate ferment chill sear fold strain",
        "smoky tender crisp sour buttery savoury sticky fragrant bland overcooked",
    ),
    "travel": (
        (
            "itinerary hostel ferry visa luggage layover museum trail harbour guidebook platform border passport "
            "market campsite viaduct tram booking detour lodge"
        ),
        "book visit cross board explore postpone reroute pack reserve hike",
        "remote crowded scenic seasonal walkable overnight coastal cheap delayed mountainous",
    ),
    "law": (
        (
            "clause lease liability tribunal statute deposit plaintiff licence notice arbitration covenant "
            "indemnity tenancy appeal deadline trademark notary hearing waiver estate"
        ),
        "contest draft terminate notarise enforce amend disclose settle assign void",
        "binding unfair verbal statutory ambiguous joint mutual pending enforceable retroactive",
    ),
    "health": (
        (
            "symptom dosage physiotherapist allergy sleep posture migraine screening vitamin recovery appetite "
            "joint rash clinic fatigue breathing knee diet vaccine bruise"
        ),
        "stretch monitor prescribe soothe diagnose rest taper rehydrate strengthen massage",
        "chronic mild swollen sudden nightly dizzy inflamed dehydrated restless sore",
    ),
    "finance": (
        (
            "ledger invoice mortgage dividend budget tariff forecast portfolio overdraft subsidy payroll margin "
            "receipt pension premium hedge balance audit refund yield"
        ),
        "reconcile amortise invest defer borrow refinance allocate deduct insure withdraw",
        "quarterly taxable fixed liquid overdue net speculative recurring undervalued unsecured",
    ),
    "marketing": (
        (
            "slogan newsletter audience banner funnel brand launch persona headline landing coupon survey "
            "influencer tagline campaign segment webinar testimonial brochure referral"
        ),
        "promote pitch rebrand target announce position convert attract showcase reword",
        "playful bold loyal seasonal premium catchy viral trustworthy niche exclusive",
    ),
    "teaching": (
        (
            "syllabus worksheet essay lecture seminar rubric quiz curriculum homework textbook semester pupil "
            "lesson thesis glossary tutor exam classroom exercise diagram"
        ),
        "explain grade revise illustrate memorise assess outline paraphrase rehearse tutor",
        "introductory difficult weekly interactive graded optional historical abstract plain advanced",
    ),
    "home": (
        (
            "hedge compost faucet insulation plaster seedling gutter radiator trellis varnish socket greenhouse "
            "lawn ladder pruning shelf drainage tile soil damp"
        ),
        "repaint prune seal water plant replace sand unclog insulate measure",
        "leaky shady dry rotten wooden rusty draughty sunny uneven waterproof",
    ),
    "history": (
        (
            "dynasty treaty harvest railway empire archive uprising cathedral merchant census navy chronicle "
            "migration monarchy canal manuscript guild siege revolution reform"
        ),
        "conquer document abolish found trade excavate rebel annex restore compare",
        "medieval imperial forgotten industrial maritime colonial ancient disputed rural revolutionary",
    ),
    "fiction": (
        (
            "protagonist chapter lighthouse villain dialogue ghost plot orphan narrator island letter detective "
            "dream storm ending stranger scene violin village secret"
        ),
        "betray rescue whisper haunt imagine rewrite confess vanish follow foreshadow",
        "melancholy eerie witty brave unreliable lonely suspenseful gentle tragic mysterious",
    ),
    "data": (
        (
            "column dataset dashboard outlier histogram schema partition pipeline warehouse metric spreadsheet "
            "join timestamp cohort forecast index sample duplicate aggregate lineage"
        ),
        "aggregate deduplicate backfill pivot normalise profile ingest sample validate impute",
        "skewed nullable hourly incremental denormalised noisy late sparse partitioned approximate",
    ),
    "web": (
        (
            "component endpoint router stylesheet cookie session middleware form cache hook template redirect "
            "payload modal token bundle viewport handler layout animation"
        ),
        "render hydrate fetch debounce paginate cache validate redirect memoise lazy-load",
        "responsive stale asynchronous nested client-side accessible reusable deprecated sortable stateless",
    ),
    "systems": (
        (
            "queue mutex scheduler socket replica container kernel allocator snapshot thread broker heartbeat "
            "cluster buffer retry proxy volume semaphore daemon journal"
        ),
        "throttle replicate drain provision fail-over shard restart lock checkpoint evict",
        "idempotent blocking distributed lock-free flaky degraded concurrent bounded ephemeral leaky",
    ),
    "learning": (
        (
            "gradient embedding classifier tokenizer epoch checkpoint loss encoder feature regression prior "
            "kernel policy reward dataset baseline layer batch benchmark logit"
        ),
        "train fine-tune regularise quantise evaluate calibrate distil augment converge prune",
        "sparse overfitted convex stochastic pretrained noisy Bayesian recurrent imbalanced discrete",
    ),
}
"""Topic: nouns, verbs, adjectives."""

NOUNS = (
    "report plan list version summary team customer process result question option detail example change problem draft "
    "schedule proposal answer comparison request note figure page step message partner order step review meeting reason "
    "goal idea project record source table update word trend argument habit limit pattern price role rule section"
)
VERBS = (
    "compare check describe improve organise rewrite shorten prepare understand review finish combine "
    "present update choose plan test simplify sort share"
)
ADJECTIVES = (
    "short clear simple current earlier useful complete missing second new common honest careful practical formal friendly "
    "large odd reasonable recent quiet final detailed strange local average early strict typical separate"
)

NAMES = (
    "Amara Beatriz Callum Daria Emeka Farida Giulia Hanna Idris Jonas Katya Leila Mateo Nadia Oskar Priya Quentin Rosa "
    "Stefan Tomoko Ulrich Vera Wei Ximena Yusuf Zofia Anders Bronwyn Chidi Delphine Elif Fergus Greta Hiroshi Ingrid Jamal"
)
PLACES = (
    "Bergen Porto Nagoya Leeds Lyon Tampa Calgary Cork Gdansk Pune Recife Utrecht Perth Malaga Busan Graz Denver Turin "
    "Leipzig Austin Bristol Ghent Aarhus Cusco Kochi Lagos Hobart Tampere Brno Nantes"
)
WHENS = (
    "yesterday|last week|on Monday|this morning|before lunch|in March|two days ago|next quarter|over the weekend|by Friday|"
    "since January|after the holidays|tonight|in the second week|every Thursday|at month end|late on Sunday|within an hour"
)
ROLES = (
    "copywriter|nurse|bookkeeper|site manager|new colleague|landlord|student|developer|client|tour guide|shop owner|data clerk|"
    "volunteer|project lead|grandfather|pharmacist|translator|flatmate|tax adviser|teacher|support agent|neighbour"
)
REASONS = (
    "because the budget is tight|since nobody replied|as the first try failed|because two people disagree|so that it reads well|"
    "as we have guests|because the old one broke|to avoid another delay|since the rules changed|so the children follow it|"
    "because my manager asked|to save some money|as time is short|since it looked wrong|to keep everyone calm"
)
MANNERS = (
    "in plain words|with one example|as bullet points|in a friendly tone|step by step|without jargon|in two paragraphs|"
    "as a small table|with pros and cons|very briefly|for a beginner|in a formal style|with rough numbers|in my own voice"
)
LANGUAGES = "Python Go Rust TypeScript Java Kotlin Ruby Scala Swift PHP Elixir C#"
TONGUES = "German French Spanish Portuguese Japanese Polish Korean Italian Dutch Turkish Hindi Swedish"
ERRORS = (
    "TimeoutError KeyError NullPointerException IndexError ConnectionReset DeadlockDetected TypeError OutOfMemory "
    "SegmentationFault PermissionDenied AssertionError StackOverflow UnicodeDecodeError ChecksumMismatch RaceDetected"
)
LIBRARIES = (
    "httplib ormkit fastgrid queueline parsekit testbench streamio graphkit authbox cachely formwise "
    "logtree netpool vecmath"
)
TYPES = "int str float bool list dict bytes Path datetime Decimal set tuple"

_ACTS = "load save merge parse build send read apply drop find hash route sync scan emit plan join trim poll pack"
_THINGS = (
    "user order batch cache frame token index block event shard quota route chunk field graph lease patch queue state trace "
    "ledger packet cursor config bucket stream worker column digest region"
)
_PARTS = "core api jobs store net util model auth billing search ingest render sched export"


def listed(text: str) -> list[str]:
    """The words of a text, in its order."""
    return text.split()


def _words(text: str) -> list[str]:
    return sorted(set(listed(text)))


TOPICAL = ("noun", "verb", "adj")
"""Slots whose words depend on the topic, in the order of the lexicon."""

COMMON: dict[str, list[str]] = {
    "name": _words(NAMES),
    "place": _words(PLACES),
    "when": WHENS.split("|"),
    "role": ROLES.split("|"),
    "reason": REASONS.split("|"),
    "manner": MANNERS.split("|"),
    "lang": _words(LANGUAGES),
    "tongue": _words(TONGUES),
    "error": _words(ERRORS),
    "lib": _words(LIBRARIES),
    "type": _words(TYPES),
    "ident": [f"{act}_{thing}" for act, thing in product(_words(_ACTS), _words(_THINGS))],
    "class": [f"{a.title()}{b.title()}" for a, b in product(_words(_THINGS), _words(_PARTS))],
    "file": [f"{a}/{b}" for a, b in product(_words(_PARTS), _words(_THINGS))],
    "n": [str(n) for n in range(2, 100)],
    "big": [str(100 + 37 * n) for n in range(400)],
    "code": [f"{chr(65 + n % 26)}{chr(65 + n * 7 % 23)}-{1000 + n * 7919 % 9000}" for n in range(600)],
}
"""Slots that any topic fills from the same words."""


CHOICES = 512
"""Entries of each word list in the lexicon, a power of two; shorter lists repeat, so that a draw needs no length."""


def lexicon() -> list[str]:
    """All word lists one after the other, CHOICES entries each: three per topic in the order of TOPICS, then COMMON."""
    lists = [
        _words(f"{own} {shared}")
        for words in TOPICS.values()
        for own, shared in zip(words, (NOUNS, VERBS, ADJECTIVES), strict=True)
    ]
    lists += COMMON.values()
    return [
        words[at * len(words) // CHOICES if len(words) > CHOICES else at % len(words)]
        for words in lists
        for at in range(CHOICES)
    ]
