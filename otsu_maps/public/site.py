"""Every file of a status, by name: pages in each language, maps, feeds. Pure: nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from otsu_maps.config import City
from otsu_maps.public import feeds, here, html, landmark, news, page, print_page, record
from otsu_maps.public.charts import Charts
from otsu_maps.public.here import Here
from otsu_maps.public.landmark import Sheet
from otsu_maps.public.part import Part
from otsu_maps.public.paths import NEWS, STATUS
from otsu_maps.public.record import Status
from otsu_maps.public.register import Register


class Site:
    """The files of one snapshot in some languages. `address`: where the public reads them, empty: nobody said.

    What a page says is rendered again only where it has changed; only its times are new each minute.
    """

    def __init__(self, register: Register, city: City, languages: tuple[str, ...], address: str = "") -> None:
        self._charts = Charts(register)
        self._city, self._languages, self._address = city, languages, address
        self._held: dict[str, tuple[tuple[object, ...], str]] = {}

    def files(
        self, status: Status, near: Sequence[Here], remembered: bytes | None = None, marks: Sequence[Sheet] = ()
    ) -> dict[str, bytes]:
        """By name. `near`: what is told at each station (here.around); `marks`: at landmarks; `remembered`: NEWS
        as it was written last.

        The status comes last: who follows it finds the rest.
        """
        held = news.told(news.read(remembered, status), status)
        texts = dict(self._pages(status)) | dict(landmark.pages(status, marks, self._languages))
        texts |= here.pages(status, near, self._languages, lambda part: landmark.links(part, marks))
        texts["index.html"] = texts[page.name(self._languages[0])]
        texts["shelters.geojson"] = feeds.geojson(status)
        texts["shelters.csv"] = feeds.national_csv(status, self._city)
        texts["feed.atom"] = feeds.atom(status, held.entries, self._address)
        texts[NEWS] = held.model_dump_json()
        texts[STATUS] = record.dump(status)
        return {name: text.encode() for name, text in texts.items()}

    def _pages(self, status: Status) -> Iterator[tuple[str, str]]:
        for lang in self._languages:
            for about in (None, *status.districts):
                part = Part(status, lang, about)
                yield self._page(part, "district", self._main(part))
                if about:
                    yield self._page(part, "print", print_page.district(part, self._address), print_page.STYLE)

    def _page(self, part: Part, kind: str, main: str, style: str = "") -> tuple[str, str]:
        own = part.district.district_id if part.district else None
        tongues = {code: page.name(code, own, kind) for code in self._languages}
        name = tongues[part.lang]
        return name, page.whole(part.status, part.lang, html.title(part), name, tongues, main, style)

    def _main(self, part: Part) -> str:
        own = part.district.district_id if part.district else None
        name, content = page.name(part.lang, own), part.content
        if self._held.get(name, ((), ""))[0] != content:
            chart = self._charts.of(part)
            self._held[name] = content, html.district(part, own, chart) if own else html.city(part, chart)
        return self._held[name][1]
