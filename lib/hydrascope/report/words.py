"""The sentences of a case file. Plain functions of plain values; no Spark.

Likelihood follows ICD 203, one row of terms only, and is never put in one sentence with confidence, which is about the
quality of the evidence. Source grades follow the Admiralty code. The strength of evidence is a likelihood ratio in bits,
put in words on the fixed scale of the ENFSI guideline for evaluative reporting. Every figure names its unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hydrascope.report.units import count, listed, percent, window
from hydrascope.wording import SLOT

Fact = Mapping[str, Any]


class Likelihood(NamedTuple):
    """An ICD 203 term and the percentages it stands for."""

    term: str
    low: int
    high: int


ICD_203 = (
    Likelihood("almost no chance", 1, 5),
    Likelihood("very unlikely", 5, 20),
    Likelihood("unlikely", 20, 45),
    Likelihood("roughly even chance", 45, 55),
    Likelihood("likely", 55, 80),
    Likelihood("very likely", 80, 95),
    Likelihood("almost certain", 95, 99),
)
RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}
CREDIBILITY = {
    "1": "confirmed by other sources",
    "2": "probably true",
    "3": "possibly true",
    "4": "doubtful",
    "5": "improbable",
    "6": "truth cannot be judged",
}
SUPPORT = (
    (20.0, "extremely strong"),
    (13.3, "very strong"),
    (10.0, "strong"),
    (6.6, "moderately strong"),
    (3.3, "moderate"),
    (1.0, "weak"),
)
KINDS = {
    "api_key": "API key",
    "account": "account",
    "device": "device id",
    "email": "mailbox",
    "email_domain": "e-mail domain",
    "email_shape": "mailbox name pattern",
    "ip": "client address",
    "ip_prefix": "client network",
    "ja4": "TLS client fingerprint",
    "org": "organisation",
    "payment": "payment instrument",
    "phone_prefix": "phone number prefix",
    "referrer": "referrer",
    "signup_burst": "batch of sign-ups",
    "signup_ip": "sign-up address",
    "template": "prompt-template family",
}


def kind(name: str) -> str:
    """A kind of observable, or a measure of conduct, for people."""
    return KINDS.get(name, name.replace("_", " "))


def likelihood(probability: float) -> Likelihood:
    """The ICD 203 term for a probability; where two terms meet, the lower one, as the table `campaigns` has it.

    Values outside 0.01 to 0.99 take the outermost term, since nothing is ever stated as certain.
    """
    return next((each for each in ICD_203 if probability <= each.high / 100), ICD_203[-1])


def claim(campaign: Fact) -> str:
    """What the case file claims, at one level only, in one sentence with units."""
    accounts = count(campaign["accounts"], "account")
    exchanges = count(campaign["exchanges"], "exchange")
    when = window(campaign["first_time"], campaign["last_time"])
    return {
        "linked": f"{accounts} are linked to one another; they made {exchanges} {when}.",
        "coordinated": f"{accounts} acted together and made {exchanges} {when}.",
        "extraction": f"{accounts} acted together {when} and made {exchanges} in a pattern of systematic output extraction.",
    }[_conduct_level(campaign)]


def level(campaign: Fact) -> str:
    """What a claim of this level says, and what it leaves open."""
    common = "The accounts have values in common that unrelated customers rarely share"
    return {
        "linked": f"{common}. This says nothing about what they do.",
        "coordinated": f"{common}, and they behave in step. This says nothing about purpose.",
        "extraction": (
            f"{common}, and what they ask for has the pattern of collecting a model's outputs. This does not show what the "
            "outputs were used for."
        ),
    }[_conduct_level(campaign)]


def _conduct_level(campaign: Fact) -> str:
    """How far conduct carries the claim: naming an actor adds nothing to what was seen."""
    return "extraction" if campaign["level"] == "named" else str(campaign["level"])


def nobody(campaign: Fact) -> str:
    """What the claim leaves open about people, for a campaign that is not named."""
    return "" if campaign.get("operator") else "It does not say who runs the accounts or who benefits."


def actor(campaign: Fact, who: str) -> str:
    """Operator or sponsor, each with its own confidence, or that none is named and what naming one needs."""
    if campaign.get(who):
        return (
            f"{campaign[who]}. Confidence in this is {campaign[f'{who}_confidence']}. It rests on an outside indicator and on "
            "a person's decision, not on the logs."
        )
    return "not stated; naming one needs an outside indicator that the accounts match, and a person who decides"


def declared_sentence(match: Fact, campaign: Fact) -> str:
    """A declaration and what was seen of it. It lowers what conduct says and hides nothing."""
    return (
        f"Declared by {match['source']}: {match['kind']} {match['value']}. {_matched(match, campaign)}{_noted(match)}"
    )


def indicator_sentences(match: Fact, campaign: Fact) -> str:
    """An outside indicator, its source's grade, and whom it names: operator and sponsor in sentences of their own."""
    said = [
        f"{match['source']} lists the {kind(match['kind'])} {match['value']} ({grade(match['grade'])}).",
        _matched(match, campaign),
    ]
    for who, verb in (("operator", "runs it"), ("sponsor", "benefits")):
        if match[who]:
            sure = match[f"{who}_confidence"]
            stated = f"with {sure} confidence" if sure else "and states no confidence"
            said.append(f"It says that {match[who]} {verb}, {stated}.")
    return " ".join(said) + _noted(match)


def _matched(match: Fact, campaign: Fact) -> str:
    seen = window(match["first_time"], match["last_time"])
    return f"{match['accounts']:,} of {count(campaign['accounts'], 'attributed account')} match it, {seen}."


def _noted(match: Fact) -> str:
    return f" Its note: {match['note']}" if match["note"] else ""


def likelihood_sentence(campaign: Fact) -> str:
    """How likely the claim is: the ICD 203 term and its range. Says nothing about confidence."""
    stated = next(each for each in ICD_203 if each.term == campaign["likelihood"])
    judged = {
        "almost no chance": "that there is almost no chance",
        "roughly even chance": "that there is a roughly even chance",
    }
    return f"We judge {judged.get(stated.term, f'it {stated.term}')} ({stated.low} to {stated.high}%) that this claim is right."


def calibration_sentence(campaign: Fact, errors: Fact | None) -> str:
    """The computed number behind the term, and what it was calibrated on."""
    computed = f"The computed probability is {campaign['probability']:.2f}."
    if errors is None:
        return f"{computed} It has not been calibrated on sealed worlds yet, so read the range and not the number."
    return f"{computed} It was calibrated on {count(errors['worlds'], 'sealed world')}."


def confidence_sentence(campaign: Fact) -> str:
    """How good the evidence is. Says nothing about likelihood; the basis follows in sentences of its own."""
    return f"Our confidence in the evidence is {campaign['confidence']}."


def support(bits: float) -> str:
    """The strength of evidence on a fixed verbal scale, with its direction: `strong support for`."""
    if abs(bits) < SUPPORT[-1][0]:
        return "no support either way"
    word = next(word for least, word in SUPPORT if abs(bits) >= least)
    return f"{word} support {'for' if bits > 0 else 'against'}"


def grade(code: str) -> str:
    """An Admiralty code in words: who wrote the field, and how the reading stands."""
    return f"source {RELIABILITY[code[0]]}; information {CREDIBILITY[code[1]]}"


def speaks_of(evidence: Fact) -> str:
    """The reach of one piece of evidence, with units."""
    return f"It speaks of {count(evidence['accounts'], 'account')} and {count(evidence['exchanges'], 'exchange')}."


def members_sentence(facts: Fact) -> str:
    """How many accounts of each role, and out of how many accounts in the logs."""
    campaign, population = facts["campaign"], facts["population"]
    return (
        f"Of {count(population['accounts'], 'account')} in the logs, {count(campaign['accounts'], 'account')} "
        f"{_is(campaign['accounts'])} attributed to this campaign and {count(campaign['associated'], 'account')} "
        f"{_is(campaign['associated'])} associated with it but not attributed."
    )


def load_sentence(members: Fact) -> str:
    """How the exchanges are spread over the attributed accounts, and how many accounts are mixed."""
    spread = members["spread"]
    return (
        f"Half of the attributed accounts made {count(spread['median'], 'exchange')} or fewer in all; the least active made "
        f"{spread['least']:,}, the most active {spread['most']:,}."
    )


def mixed_sentence(members: Fact) -> str:
    """How many attributed accounts also carry traffic that is not the campaign's."""
    if not members["mixed"]:
        return "No attributed account also carries traffic outside the campaign's prompt-template families to speak of."
    return (
        f"{count(members['mixed'], 'attributed account')} {_is(members['mixed'])} mixed: more than a tenth of "
        "each one's exchanges lies outside the campaign's prompt-template families and may be someone else's work."
    )


def capability_sentence(facts: Fact) -> str:
    """What was asked for more than by everyone else; capabilities are the log source's own labels."""
    above = [each for each in facts["capabilities"] if each["share"] > each["base_share"]]
    if not above:
        return "No capability stands out against the base rate."
    most = above[0]
    return (
        f"{percent(most['share'])} of the campaign's exchanges exercised {most['name']}, against "
        f"{percent(most['base_share'])} of all other accounts' exchanges."
    )


def frames_sentence(frames: Sequence[Fact]) -> str:
    """What the table of frames shows, and what is left out of its wordings."""
    said = "Prompts of one family have parts of their wording in common around what varies."
    if not any(each["wording"] for each in frames):
        return f"{said} No wording is known: the logs hold no prompts, or none in words that several organisations use."
    return (
        f"{said} Shown are pieces of it, in no order, as far as they are in words that several organisations use; "
        f"{SLOT} stands for every other word, number, name, quotation or code."
    )


def sensitivity_sentence(sensitivity: Fact | None) -> str:
    """What is left when the most widely shared value is set aside."""
    if sensitivity is None:
        return "No shared value could be set aside to test the result."
    return (
        f"The value that most attributed accounts share is one {kind(sensitivity['kind'])}, held by "
        f"{count(sensitivity['accounts'], 'account')}. With it set aside, {sensitivity['held']:,} of "
        f"{count(sensitivity['of'], 'attributed account')} still share values of two independent kinds, one of them hard to "
        "share, with another attributed account."
    )


def coverage_sentence(ledger: Fact) -> str:
    """What was given, read and not read; the records add up."""
    unread, aside = ledger["given"] - ledger["read"], ledger["quarantined"]
    return (
        f"Of {count(ledger['given'], 'raw object')} given, {ledger['read']:,} {_was(ledger['read'])} read and {unread:,} "
        f"{_was(unread)} not (empty, skipped or unreadable). They held {count(ledger['lines'], 'record')}: "
        f"{ledger['parsed']:,} were used, {ledger['duplicates']:,} repeated one already kept, {ledger['blank']:,} were blank "
        f"and {aside:,} ({percent(_share(aside, ledger['lines']))}) {_was(aside)} set aside in quarantine, kept with the reason."
    )


def errors_sentence(errors: Fact | None) -> str:
    """The known error rate, or that there is none yet."""
    if errors is None:
        return "The error rate of this version has not been measured on sealed worlds yet."
    return (
        f"On {count(errors['worlds'], 'sealed world')} with known truth, {percent(errors['precision'])} of attributed accounts "
        f"were rightly attributed, {percent(errors['recall'])} of the accounts of planted campaigns were found, and "
        f"{count(errors['trapped'], 'account')} of benign groups {_was(errors['trapped'])} wrongly attributed. With 95% "
        f"confidence, at most {percent(errors['innocent_accounts_upper'])} of such worlds' innocent accounts are attributed."
    )


def standing_sentences(told: Fact) -> list[str]:
    """What is said of one account: whether it is linked, what was decided of those it is judged with, and of itself."""
    account, kinds = told["account_id"], [kind(name) for name in told["kinds"]]
    if told["cluster_id"] is None:
        shared = (
            f"It shares values of these kinds with others: {listed(kinds)}. They do not reach what is asked for"
            if kinds
            else "Nothing that it was seen with joins it to another account"
        )
        return [f"Account {account} is in no cluster, and nothing is claimed of it.", f"{shared}."]
    size = count(told["size"], "account")
    said = [
        f"Account {account} belongs to a group of {size} that share values of independent kinds, which is no accusation."
    ]
    if told["decision"] is None:
        return [*said, "The group is too small to be judged, and nothing is claimed of it."]
    said.append(told["decision"]["because"])
    if told["member"] is None:
        return said
    member = told["member"]
    role = (
        f"In campaign {member['campaign_id']} the account is attributed: {percent(member['share'])} of its exchanges take part."
        if member["role"] == "attributed"
        else f"In campaign {member['campaign_id']} the account is associated and not attributed: it is linked, and not accused."
    )
    return [*said, role, *member["reasons"]]


def nothing_sentence(clusters: int, accounts: int) -> str:
    """What an empty result means: no group met the decision rule."""
    return (
        f"No group of accounts met the decision rule. {count(clusters, 'cluster')} ({count(accounts, 'account')}) "
        f"{_was(clusters)} seen to share values; what they did does not carry a claim."
    )


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
