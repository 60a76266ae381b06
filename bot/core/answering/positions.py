"""Offer the region that a position lies in; the person has to agree before it counts.

What a newcomer would get wrong: borders are not known, only a few points of each region.  Near a
border the region may be the neighbour, so both are offered there.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, hypot, radians

from bot.core.answering.phrase_replies import plain_reply, question_reply
from bot.core.answering.regions import portal_choice
from bot.core.model.choices import PickRegion, ShowRegions
from bot.core.model.lexicon import Point, Region
from bot.core.model.reply import Choice, Reason, Reply, Status
from bot.core.model.scope import Scope
from bot.core.model.update import Position

FARTHEST_KM = 250.0
"""Whoever is farther from every point is in none of the regions."""
NEIGHBOUR = 1.5
NEIGHBOUR_KM = 10.0
"""A second region is offered up to `NEIGHBOUR` times the distance of the first and `NEIGHBOUR_KM`.
Of 600 towns looked up by all others 96 % have the right region first, 99 % among the two; 15 % get
two (2026-11).
"""
_KM_PER_DEGREE = 111.2


def offer_region(scope: Scope, position: Position) -> Reply:
    """Ask whether it is this region, or one of two; say so if it is none."""
    near = regions_near(scope.pack.regions.values(), position)
    rule = "position"
    if not near:
        far = plain_reply(scope, "position_unknown", Status.CLARIFY, Reason.AMBIGUOUS, rule)
        return far.with_choice(portal_choice(scope))
    options = [
        Choice(scope.phrase("position_agree", region=short), str(PickRegion(short)))
        for short in near
    ]
    options.append(Choice(scope.phrase("other_region"), str(ShowRegions(1))))
    return question_reply(scope, "position_found", options, rule, region="、".join(near))


def regions_near(regions: Iterable[Region], position: Position) -> tuple[str, ...]:
    """Return the region of the nearest point, and a second one if that is hardly farther."""
    distances = sorted(
        (min(_km_between(point, position) for point in region.points), region.short)
        for region in regions
        if region.points
    )
    if not distances or distances[0][0] > FARTHEST_KM:
        return ()
    most = distances[0][0] * NEIGHBOUR + NEIGHBOUR_KM
    return tuple(short for distance, short in distances[:2] if distance <= most)


def _km_between(point: Point, position: Position) -> float:
    """Return the distance on a plane, which is good enough for neighbours."""
    (latitude, longitude), middle = point, radians((point[0] + position.latitude) / 2)
    along = (longitude - position.longitude) * cos(middle)
    return hypot(latitude - position.latitude, along) * _KM_PER_DEGREE
