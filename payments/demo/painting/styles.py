"""Every style there is, by name."""

from collections.abc import Callable

from PIL import Image

from payments.demo.painting import (
    alleys,
    blueprints,
    botanicals,
    coasts,
    depths,
    facets,
    icons,
    inks,
    isometric,
    jungles,
    landscapes,
    linocuts,
    marks,
    objects,
    ornaments,
    papers,
    patterns,
    portraits,
    posters,
    rooms,
    scenes,
    skylines,
    space,
    studio,
    surfaces,
    synthwaves,
    tables,
    watercolours,
)
from payments.demo.painting.canvas import Job

Style = Callable[[Job], Image.Image]

STYLES: dict[str, Style] = {
    **alleys.STYLES,
    **blueprints.STYLES,
    **botanicals.STYLES,
    **coasts.STYLES,
    **depths.STYLES,
    **facets.STYLES,
    **icons.STYLES,
    **inks.STYLES,
    **isometric.STYLES,
    **jungles.STYLES,
    **landscapes.STYLES,
    **linocuts.STYLES,
    **marks.STYLES,
    **objects.STYLES,
    **ornaments.STYLES,
    **papers.STYLES,
    **patterns.STYLES,
    **portraits.STYLES,
    **posters.STYLES,
    **rooms.STYLES,
    **scenes.STYLES,
    **skylines.STYLES,
    **space.STYLES,
    **studio.STYLES,
    **surfaces.STYLES,
    **synthwaves.STYLES,
    **tables.STYLES,
    **watercolours.STYLES,
}
