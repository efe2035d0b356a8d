"""One file of the corpora through the bot's readers, in a child with the limits of the daemon's own children."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pebble import ProcessExpired, ProcessPool

from bot.model import Unreadable
from bot.sheet.value import ERROR_VALUES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pebble import ProcessFuture

    from tests.corpora.seen import Seen

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
SECONDS = 20.0
MEMORY = 512 * 2**20
"""Bytes of address space for one file, on top of what the warmed-up child has reserved."""
_MOST_TOLD = 6


@dataclass(frozen=True, slots=True)
class Walked:
    """What became of one file."""

    file: str
    outcome: str
    """``read``, ``refused``, or a broken promise: ``exception``, ``death``, ``hang``."""
    detail: str = ""
    """Of a refusal: reason and what it is instead; of a broken promise: the kind of exception."""
    form: str = ""
    """The form that was recognised, or why none was."""
    seconds: float = 0.0
    cells: int = 0
    waiting: int = 0
    """Formulas without a value."""
    differs: tuple[str, ...] = ()
    """Cells that another reader sees and the bot does not, or the other way round."""
    compared: tuple[str, ...] = ()
    """The other readers that could read the file."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a walk showed."""

    walked: tuple[Walked, ...]

    @property
    def outcomes(self) -> Counter[str]:
        """Return how many files ended in which way."""
        return Counter(f"{one.outcome} {one.detail}".strip() for one in self.walked)

    @property
    def broken(self) -> tuple[Walked, ...]:
        """Return the files at which the bot raised, died or hung."""
        return tuple(one for one in self.walked if one.outcome not in {"read", "refused"})

    @property
    def differing(self) -> tuple[Walked, ...]:
        """Return the files of which the readers see different cells."""
        return tuple(one for one in self.walked if one.differs)

    @property
    def compared(self) -> tuple[Walked, ...]:
        """Return the files that the bot and at least one other reader could read."""
        return tuple(one for one in self.walked if one.compared)

    @property
    def agreement(self) -> float:
        """Return the share of the compared files whose cells are the same."""
        return 1 - len(self.differing) / max(1, len(self.compared))


def sheet_files() -> tuple[Path, ...]:
    """Return every file of the corpora's sheets, in a fixed order; none where the corpora are not there."""
    folders = [CORPORA / "sheet", CORPORA / "vn"]
    return tuple(sorted(file for folder in folders for file in folder.rglob("*") if file.is_file()))


def walk_sheets(files: Sequence[Path], progress: Callable[[str], None], workers: int = 2) -> Tally:
    """Read each of *files* and compare what was read with what other readers see."""
    walked: list[Walked] = []
    with ProcessPool(workers, initializer=_start, context=multiprocessing.get_context("spawn")) as pool:
        futures = [(file, pool.schedule(walk_one, args=[file], timeout=SECONDS)) for file in files]
        for number, (file, future) in enumerate(futures):
            progress(f"{number}/{len(files)} {file.name}")
            walked.append(_outcome(file, future))
    return Tally(tuple(_compared(walked, progress, workers)))


def _outcome(file: Path, future: ProcessFuture[Walked]) -> Walked:
    try:
        return future.result()
    except TimeoutError:
        return Walked(_name(file), "hang")
    except ProcessExpired as problem:
        return Walked(_name(file), "death", str(problem.exitcode))


def _compared(walked: Sequence[Walked], progress: Callable[[str], None], workers: int) -> Iterator[Walked]:
    """Yield what was walked, each file that was read beside what the other readers see, as far as they can read it."""
    with ProcessPool(workers, context=multiprocessing.get_context("spawn")) as pool:
        tasks = {
            one.file: pool.schedule(others_see, args=[CORPORA / one.file], timeout=60)
            for one in walked
            if one.outcome == "read"
        }
        for number, one in enumerate(walked):
            progress(f"{number}/{len(walked)} other readers: {one.file}")
            try:
                compared, differs = tasks[one.file].result() if one.file in tasks else ((), ())
            except (TimeoutError, ProcessExpired):
                compared, differs = (), ()
            yield replace(one, compared=compared, differs=differs)


# -- in the child --------------------------------------------------------------------------------------------


def _start() -> None:
    from bot.sheet.identify import Vocabulary
    from tests.rules.test_examples import BOOK

    global _vocabulary  # noqa: PLW0603  a child has one vocabulary
    _vocabulary = Vocabulary.of(BOOK.forms)
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    bound = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


_vocabulary: object = None


def walk_one(file: Path) -> Walked:
    """Read *file* as the daemon would, and say what came of it."""
    from bot.sheet.identify import identify
    from bot.sheet.workbook import Limits, read_workbook
    from tests.corpora.seen import seen_by_us

    began = time.perf_counter()
    try:
        book = read_workbook(file.read_bytes(), Limits())
        if isinstance(book, Unreadable):
            detail = f"{book.reason.value} {book.detail}".strip()
            return Walked(_name(file), "refused", detail, seconds=time.perf_counter() - began)
        match = identify(book, _vocabulary)  # type: ignore[arg-type]
        seen, waiting = seen_by_us(book)
    except BaseException as problem:  # noqa: BLE001  a panic of the reader is none of Exception
        return Walked(_name(file), "exception", _told(problem), seconds=time.perf_counter() - began)
    form = match.reason.value if isinstance(match, Unreadable) else " ".join(one.form.full_id for one in match)
    cells = sum(map(len, seen.values()))
    return Walked(_name(file), "read", "", form, time.perf_counter() - began, cells, waiting)


def others_see(file: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which other readers can read *file*, and how what they see together differs from what the bot sees."""
    from bot.sheet.workbook import Limits, read_workbook
    from tests.corpora import seen

    data = file.read_bytes()
    book = read_workbook(data, Limits())
    if isinstance(book, Unreadable):
        return (), ()
    ours, _ = seen.seen_by_us(book)
    others: dict[str, seen.Seen] = {}
    for reader in (seen.seen_by_calamine, seen.seen_by_openpyxl, seen.seen_by_xlrd):
        if reader is seen.seen_by_openpyxl and seen.is_strict(data):
            continue
        try:
            others[reader.__name__] = reader(data)
        except BaseException:  # noqa: BLE001  another reader's failure is no news
            continue
    if not others or set(others) == {"seen_by_calamine"}:
        return (), ()
    return tuple(others), tuple(_differences(ours, seen.union(*others.values())))


def _differences(ours: Mapping[str, Mapping[tuple[int, int], object]], theirs: Seen) -> Iterator[str]:
    from bot.model import letter_of

    for name, places in theirs.items():
        own = ours.get(name, {})
        # An error cell that nobody else sees is what this is all about.
        more = {place for place in own.keys() - places if own[place] not in ERROR_VALUES}
        for word, apart in (("missing", places - own.keys()), ("more", more)):
            if apart:
                told = " ".join(f"{letter_of(column)}{row}" for row, column in sorted(apart)[:_MOST_TOLD])
                yield f"{word} {len(apart)} on {name!r}: {told}"


def _name(file: Path) -> str:
    return file.relative_to(CORPORA).as_posix()


def _told(problem: BaseException) -> str:
    trace, place = problem.__traceback__, ""
    while trace is not None:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(problem).__name__} {place} {str(problem)[:80]}"
