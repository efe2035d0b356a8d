"""All of the ministry's knowledge as one value, and what it is asked by name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    import pyarrow as pa

    from bot.model.contacts import Remembered
    from bot.model.extension import Extension
    from bot.model.rules import Campaign, Form, Notice, Obligation, Reporter


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All of ``rules/``, loaded as one."""

    campaigns: tuple[Campaign, ...]
    """A recurring request is in it once for each of its periods."""
    forms: tuple[Form, ...]
    reporters: tuple[Reporter, ...]
    """All that there ever were; ``reporters_on`` gives those of a day."""
    obligations: tuple[Obligation, ...]
    notices: Mapping[str, Notice]
    hash: str
    """SHA-256 over the names and bytes of all files: each decision stores it."""
    registers: Mapping[str, pa.Table] = field(default_factory=dict, compare=False)
    """The tables that rules may read beside those of forms: ``don_vi``, ``kkt``, ``kcn``, ``tham_so``, ``tam_dung``."""
    workdays: Mapping[date, bool] = field(default_factory=dict)
    """Days on which state offices work (True) or rest (False) otherwise than by the common calendar."""
    _index: _Index = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", _Index.of(self))

    def following(self, families: Collection[str]) -> Rulebook:
        """Return the rulebook of a mailbox that collects only those campaigns (ids of folders), or all of them.

        Of the others the forms stay known; nobody owes them here.
        """
        if not families:
            return self
        campaigns = tuple(replace(one, followed=one.family in families) for one in self.campaigns)
        here = {one.id for one in campaigns if one.followed}
        return replace(
            self, campaigns=campaigns, obligations=tuple(one for one in self.obligations if one.campaign in here)
        )

    def extended(self, extensions: Iterable[Extension]) -> Rulebook:
        """Return the rulebook as it holds with what was granted to single reporters; of two for one form the later."""
        granted = {(one.campaign, one.form, one.reporter): one.deadline for one in extensions}
        if not granted:
            return self
        owed = (
            replace(one, deadline=granted.get((one.campaign, one.form, one.reporter), one.deadline))
            for one in self.obligations
        )
        return replace(self, obligations=tuple(owed))

    def with_contacts(self, remembered: Collection[Remembered]) -> Rulebook:
        """Return the rulebook with addresses that were approved since; what the contacts file says goes before them."""
        listed = {address for one in self.reporters for address in (*one.addresses, *one.shut_out)}
        new: dict[str, list[str]] = {}
        for each in remembered:
            if each.address not in listed:
                new.setdefault(each.reporter, []).append(each.address)
        if not new:
            return self
        reporters = (replace(one, addresses=(*one.addresses, *new.get(one.code, ()))) for one in self.reporters)
        return replace(self, reporters=tuple(reporters))

    def campaign(self, campaign_id: str) -> Campaign:
        """Return the campaign of that id; raises KeyError where there is none."""
        return self._index.campaigns[campaign_id]

    def form(self, full_id: str) -> Form:
        """Return the form of that full id, which may name a period's campaign; raises KeyError where there is none."""
        campaign, _, form = full_id.rpartition("/")
        known = self._index.campaigns.get(campaign)
        return self._index.forms[f"{known.family}/{form}" if known else full_id]

    def title(self, campaign_id: str, form: str) -> str:
        """Return the title of a form or a narrative of a campaign; its id where the rules have lost it since."""
        campaign = self._index.campaigns.get(campaign_id)
        found = self._index.forms.get(f"{campaign.family if campaign else campaign_id}/{form}")
        outlines = campaign.outlines if campaign else ()
        return found.title if found else next((one.title for one in outlines if one.id == form), form)

    def reporter(self, code: str) -> Reporter:
        """Return the reporter of that code; raises KeyError where there is none."""
        return self._index.reporters[code]

    def obligation(self, campaign: str, form: str, reporter: str) -> Obligation | None:
        """Return what that reporter owes for the form, or None where it owes nothing."""
        return self._index.obligations.get((campaign, form, reporter))

    def owed_by(self, reporter: str) -> tuple[Obligation, ...]:
        """Return all that a reporter owes in all campaigns, in the order of the letters."""
        return self._index.owed.get(reporter, ())

    def reporters_on(self, day: date) -> tuple[Reporter, ...]:
        """Return the bodies that exist on *day*."""
        return tuple(one for one in self.reporters if one.exists(day))

    def under_way(self, day: date) -> tuple[Campaign, ...]:
        """Return the campaigns that are followed on *day*."""
        return tuple(one for one in self.campaigns if one.is_under_way(day))

    def open_obligations(self, day: date) -> tuple[Obligation, ...]:
        """Return what is owed in the campaigns that are followed on *day*."""
        campaigns = {one.id for one in self.under_way(day)}
        return tuple(one for one in self.obligations if one.campaign in campaigns)


@dataclass(frozen=True, slots=True)
class _Index:
    """What a rulebook is asked for by name, found at once."""

    campaigns: Mapping[str, Campaign]
    forms: Mapping[str, Form]
    reporters: Mapping[str, Reporter]
    obligations: Mapping[tuple[str, str, str], Obligation]
    owed: Mapping[str, tuple[Obligation, ...]]

    @classmethod
    def of(cls, rulebook: Rulebook) -> _Index:
        owed: dict[str, list[Obligation]] = {}
        for one in rulebook.obligations:
            owed.setdefault(one.reporter, []).append(one)
        return cls(
            campaigns={one.id: one for one in rulebook.campaigns},
            forms={one.full_id: one for one in rulebook.forms},
            reporters={one.code: one for one in rulebook.reporters},
            obligations={(one.campaign, one.form, one.reporter): one for one in rulebook.obligations},
            owed={code: tuple(all_of) for code, all_of in owed.items()},
        )
