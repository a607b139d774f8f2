"""Whether the accounts act as one."""

from hydrascope.measures.measure import Measure, difference, evenness

VIEW = "coordination"
MEASURES = (
    Measure(
        "equal_load",
        VIEW,
        "how even their daily loads are",
        evenness,
        "The accounts' daily numbers of exchanges differ by %3$.0f %% of their mean (95 %% interval %4$.0f to %5$.0f %%), "
        "against %6$.0f %% elsewhere.",
        "A load balancer deals evenly; people differ in how much they ask by factors (P9).",
    ),
    Measure(
        "presence",
        VIEW,
        "how many of their days they are active on",
        difference,
        "An account is active on %3$.0f %% of the days of its life (95 %% interval %4$.0f to %5$.0f %%), against "
        "%6$.0f %% elsewhere.",
        "People rest on some days.",
    ),
    Measure(
        "hours",
        VIEW,
        "how evenly they are active round the clock",
        difference,
        "An account's hours of the day spread over %1$.2f bits of at most 4.58 (95 %% interval %7$.2f to %8$.2f), against %2$.2f "
        "elsewhere.",
        "Crews in shifts and machines never sleep.",
    ),
    Measure(
        "weekend",
        VIEW,
        "how much they do at weekends",
        difference,
        "%3$.1f %% of the exchanges (95 %% interval %4$.1f to %5$.1f %%) fall on Saturdays and Sundays in UTC, against %6$.1f %% "
        "elsewhere.",
        "Two sevenths where no day differs from another; offices rest.",
    ),
    Measure(
        "synchrony_1h",
        VIEW,
        "how far they are active in the same hours",
        difference,
        "Whether two of the accounts are active in the same hour or the next correlates by %1$.3f on average (95 %% interval "
        "%7$.3f to %8$.3f), against %2$.3f elsewhere.",
        "Synchronised windows over many accounts (P8; SynchroTrap, CCS 2014). The mean correlation from the variance of the sum "
        "(Schluter 1984), so no pair of accounts is made.",
    ),
    Measure(
        "synchrony_8h",
        VIEW,
        "how far they are active in the same parts of the day",
        difference,
        "Whether two of the accounts are active in the same eight hours correlates by %1$.3f on average (95 %% interval "
        "%7$.3f to %8$.3f), against %2$.3f elsewhere.",
        "The same in wide windows, which jitter does not escape.",
    ),
    Measure(
        "rotation",
        VIEW,
        "how they take turns",
        difference,
        "%3$.1f %% of successive exchanges within an hour (95 %% interval %4$.1f to %5$.1f %%) come from another account than "
        "the one before, where dealing at random would give %6$.1f %%.",
        "Round-robin hand-over (P9); a person's exchanges come in runs.",
    ),
    Measure(
        "joint_start",
        VIEW,
        "how many begin together",
        difference,
        "%3$.0f %% of the accounts whose beginning is seen (95 %% interval %4$.0f to %5$.0f %%) began within the same two days, "
        "against %6$.1f %% elsewhere.",
        "A campaign's accounts are switched on together (P12).",
    ),
    Measure(
        "joint_stop",
        VIEW,
        "how many end together",
        difference,
        "%3$.0f %% of the accounts whose end is seen (95 %% interval %4$.0f to %5$.0f %%) fell silent within the same two days, "
        "against %6$.1f %% elsewhere.",
        "A campaign stops together (P12).",
    ),
    Measure(
        "joint_return",
        VIEW,
        "how many come back together after a silence",
        difference,
        "%3$.0f %% of the accounts (95 %% interval %4$.0f to %5$.0f %%) came back within the same two days after more than ten "
        "days without an exchange, against %6$.1f %% elsewhere.",
        "Waves with silences between them (E26); people take their work up again one by one. Groups that work to a calendar "
        "come back together too, and two of five may by chance: it begins there and never says more than six to one. Stated: "
        "worlds have too few such groups to learn from.",
        stated=((0.4, 0.0), (0.8, 2.5)),
    ),
    Measure(
        "signup_burst",
        VIEW,
        "how many signed up together",
        difference,
        "%3$.0f %% of the accounts (95 %% interval %4$.0f to %5$.0f %%) were opened within the same two days, against %6$.1f %% "
        "elsewhere.",
        "Registration bursts (P5; clusters of fake accounts, AISec 2015).",
    ),
    Measure(
        "succession",
        VIEW,
        "how many closed accounts are replaced",
        difference,
        "%3$.0f %% of the accounts that were closed (95 %% interval %4$.0f to %5$.0f %%) had a successor in the same families "
        "opened within a day, where chance would give %6$.1f %%.",
        "A new account takes over a banned one's work within hours (P11).",
    ),
    Measure(
        "growth",
        VIEW,
        "how far they grow by accounts and not by load",
        difference,
        "From the first third of its time to the last the number of active accounts changed by %1$.2f doublings more than each "
        "one's load did, against %2$.2f elsewhere.",
        "Accounts are added while each stays inconspicuous (P22).",
    ),
    Measure(
        "pivot",
        VIEW,
        "how soon they turn to a new model",
        difference,
        "On the day of a model's release and the day after, %3$.1f %% of the exchanges (95 %% interval %4$.1f to %5$.1f %%) went "
        "to that model, against %6$.1f %% elsewhere.",
        "Nearly half of one campaign's traffic moved to a new model within 24 hours (P10); everybody's is the baseline (B23).",
    ),
)
