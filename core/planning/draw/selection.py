"""Selection: which candidates become boxes and which are held out, by lottery or for comparison."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import PlanMode, PlanSettings
from evenbeat.core.planning.draw.allotment import allot
from evenbeat.core.planning.draw.lottery import (
    chances_within,
    generator,
    hold_out_count,
    systematic,
)
from evenbeat.core.planning.draw.optimal import solve
from evenbeat.core.planning.draw.pool import Board, Candidate, Pool, fill_pool, grown
from evenbeat.core.planning.draw.task import (
    ASSIGNED,
    CUSTOM,
    EXPLORATION,
    HELD_OUT,
    NOT_DRAWN,
    OVER_LIMIT,
    Entry,
    Selection,
    Task,
    draw_order,
)
from evenbeat.core.planning.metering.strata import Stratum


def select(task: Task) -> Selection:
    """Choose the boxes of a shift under its caps.

    The ceiling on a neighbourhood's share is one of the boxes that are really given. Where fewer
    are given than there are places, the choice is made anew with the lower limit, from the same
    seeds, until both agree.
    """
    limit = task.neighbourhoods.limit(sum(stratum.places for stratum in task.strata))
    while True:
        made = _MODES[task.settings.mode](task, limit)
        real = task.neighbourhoods.limit(len(made.assigned))
        if real >= limit:
            return made
        limit = real


def _greedy(task: Task, limit: int) -> Selection:
    """Take the highest weights, one after the other."""
    board, left, entries = _start(task, limit)
    pool = _pool(task, board, left, within_limit=True)
    entries += [Entry(c, "greedy", 1.0, 0.0, ASSIGNED) for c in pool.candidates]
    return Selection(tuple(entries), pool.passed_over)


def _optimal(task: Task, limit: int) -> Selection:
    """Take the set of highest total weight that the caps allow."""
    board, left, entries = _start(task, limit)
    optimum, cells = solve(board, task.strata, left, task.weights)
    for stratum, cell in cells:
        weight = float(task.weights[task.strata[stratum].unit].reshape(-1)[cell])
        candidate = Candidate(stratum, (cell,), weight)
        entries.append(Entry(candidate, "optimal", 1.0, 0.0, ASSIGNED))
    # What the rules refused is counted as the greedy choice meets it.
    passed = _pool(task, board, left, within_limit=True).passed_over
    return Selection(tuple(entries), passed, optimum)


def _lottery(task: Task, limit: int) -> Selection:
    """Draw explorers evenly, then the pool by weight, then the hold-outs among the rest."""
    settings, random = task.settings, generator(task.seed_text, "lottery")
    board, left, entries = _start(task, limit)
    entries += _explore(task, board, left, random)
    sizes = [math.ceil(settings.pool_factor * places - 1e-9) for places in left]
    pool = _pool(task, board, sizes, within_limit=False)
    chance, taken, limited = _draw(task, board, left, pool.candidates, random)
    held, hold_out = _hold_out(settings, chance, taken, limited, random)
    for index, candidate in enumerate(pool.candidates):
        if limited[index]:
            pool.pass_over(task.strata[candidate.stratum].district, "neighbourhood")
        outcome = (
            ASSIGNED if taken[index] else HELD_OUT if held[index]
            else OVER_LIMIT if limited[index] else NOT_DRAWN
        )  # fmt: skip
        entries.append(
            Entry(candidate, "lottery", float(chance[index]), float(hold_out[index]), outcome)
        )
    return Selection(tuple(entries), pool.passed_over)


_MODES: dict[PlanMode, Callable[[Task, int], Selection]] = {
    "lottery": _lottery, "greedy": _greedy, "optimal": _optimal,
}  # fmt: skip


def _start(task: Task, limit: int) -> tuple[Board, list[int], list[Entry]]:
    """Return a board with the custom boxes on it, the places left, and their entries."""
    board = Board(task.grid, task.refused, task.separation, task.neighbourhoods, limit)
    left = [stratum.places for stratum in task.strata]
    entries = []
    home = task.grid.district.reshape(-1)
    for cells in task.custom:
        stratum = _common(task.strata, int(home[cells[0]]))
        free = not board.flat[list(cells)].any() and board.room_in(cells[0])
        if free and left[stratum] > 0:
            left[stratum] -= 1
            board.put(cells, counts=True)
            weight = float(task.weights[""].reshape(-1)[cells[0]])
            entries.append(Entry(Candidate(stratum, cells, weight), CUSTOM, 1.0, 0.0, ASSIGNED))
    return board, left, entries


def _common(strata: Sequence[Stratum], district: int) -> int:
    """Return the district's own stratum."""
    return next(i for i, s in enumerate(strata) if s.district == district and not s.unit)


def _pool(task: Task, board: Board, sizes: Sequence[int], *, within_limit: bool) -> Pool:
    """Fill a pool: units with weights of their own one by one, then all districts together."""
    pool = Pool()
    order = draw_order(task.seed_text, task.grid.n_inside)
    common = [index for index, stratum in enumerate(task.strata) if not stratum.unit]
    special = [[index] for index, stratum in enumerate(task.strata) if stratum.unit]
    for members in [*special, common]:
        fill_pool(
            pool, board, task.strata, sizes, weight=task.weights[task.strata[members[0]].unit],
            order=order, members=members, within_limit=within_limit,
            box_cells=task.settings.box_cells,
        )  # fmt: skip
    return pool


def _explore(task: Task, board: Board, left: list[int], random: np.random.Generator) -> list[Entry]:
    """Draw cells with equal chances from all that no rule refuses; each takes a district's place.

    The number is the exploration share of all places, rounded up or down by lot. The chance that
    is kept is that of the cell in its own draw, given the draws before it.
    """
    wish = task.settings.exploration_share * sum(left)
    number = math.floor(wish) + int(random.random() < wish - math.floor(wish))
    stratum_of = np.full(len(task.grid.district_ids), -1, dtype=np.int64)
    for index, stratum in enumerate(task.strata):
        if not stratum.unit:
            stratum_of[stratum.district] = index
    inside = task.grid.inside_index
    home = stratum_of[task.grid.district.reshape(-1)[inside]]
    part = task.neighbourhoods.of_cell[inside]
    entries = []
    for _ in range(number):
        open_place = np.array(left)[home] > 0
        room = (part < 0) | (board.boxes_in[part] < board.limit)
        eligible = np.flatnonzero((board.flat[inside] == 0) & open_place & room)
        if not len(eligible):
            break
        chosen = int(eligible[random.integers(len(eligible))])
        cells = grown(board, int(inside[chosen]), task.weights[""], task.settings.box_cells)
        place = int(home[chosen])
        left[place] -= 1
        board.put(cells, counts=True)
        candidate = Candidate(place, cells, float(task.weights[""].reshape(-1)[cells[0]]))
        entries.append(Entry(candidate, EXPLORATION, 1.0 / len(eligible), 0.0, ASSIGNED))
    return entries


def _draw(
    task: Task, board: Board, left: Sequence[int], candidates: Sequence[Candidate],
    random: np.random.Generator,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:  # fmt: skip
    """Return each candidate's chance, whether it was drawn, and whether a ceiling kept it out."""
    settings = task.settings
    count = len(candidates)
    stratum = np.array([c.stratum for c in candidates], dtype=np.int64)
    weight = _tempered(np.array([c.weight for c in candidates]), settings.tau)
    part = task.neighbourhoods.of_cell[[c.seed for c in candidates]] if count else stratum
    # Cells outside every neighbourhood share one group without a limit.
    room = np.append(np.maximum(board.limit - board.boxes_in[:-1], 0), count)
    most = 1.0 - settings.hold_out_share
    places, limits = allot(
        stratum, np.where(part < 0, len(room) - 1, part), weight, np.array(left), room, most=most
    )
    chance, taken = np.zeros(count), np.zeros(count, dtype=bool)
    for index in range(len(left)):
        members = np.flatnonzero(stratum == index)
        if not len(members) or not places[index].size:
            continue
        group = np.where(part[members] < 0, len(room) - 1, part[members])
        top = most if places[index].fits else 1.0
        chance[members] = chances_within(
            weight[members], places[index].size, group=group, limit=limits[index], most=top
        )
        taken[members] = systematic(chance[members], random, group=group)
    return chance, taken, chance == 0.0


def _tempered(weight: npt.NDArray[np.float64], tau: float) -> npt.NDArray[np.float64]:
    """Return weights to the power tau, scaled so that none vanishes beside the largest."""
    scale = weight.max(initial=0.0)
    return np.asarray(np.maximum((weight / scale) ** tau, 1e-9) if scale > 0 else weight)


def _hold_out(
    settings: PlanSettings, chance: npt.NDArray[np.float64], taken: npt.NDArray[np.bool_],
    limited: npt.NDArray[np.bool_], random: np.random.Generator,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:  # fmt: skip
    """Return which boxes of the pool are held out, and the chance of each to be so.

    The hold-outs are a simple random sample of those that had a chance and were not drawn. As
    their number is fixed, a box's chance is (1 - its chance of inclusion) x held / not drawn.
    """
    open_ = np.flatnonzero(~taken & ~limited)
    pool, drawn = int(np.count_nonzero(~limited)), int(np.count_nonzero(taken))
    number = hold_out_count(
        pool, drawn, share=settings.hold_out_share, minimum=settings.hold_out_minimum
    )
    held = np.zeros(len(chance), dtype=bool)
    held[random.choice(open_, size=number, replace=False)] = True
    rest = pool - drawn
    share = np.where(limited, 0.0, (1.0 - chance) * number / rest) if rest else 0.0 * chance
    return held, share
