"""A small made folder of definitions, sound as it is, to break in one cell at a time."""

from __future__ import annotations

from pathlib import Path

from everychild.catalogue.breakdowns import COLUMNS as BREAKDOWN_COLUMNS
from everychild.catalogue.indicators import COLUMNS as INDICATOR_COLUMNS

NAMED = "code,name_en,name_ru,name_kk,unreviewed"
PROTOCOLS = ("OPAC", "OPSC", "OPIC")
LISTS = ("sex", "other", "unit")


def _indicator(code: str, name: str, **cells: str) -> str:
    sound = {
        "code": code, "name_en": name, "name_ru": f"Доля детей {code}", "name_kk": f"{code} үлесі",
        "plain_en": "How many?", "plain_ru": "Сколько?", "plain_kk": "Нешеуі?", "unreviewed": "ru;kk",
        "unit": "percent", "direction": "up_is_better", "domain": "health", "subdomain": "nutrition",
        "programme_area": "child_health",
        "crc_articles": "6;24", "source_types": "survey", "survey_file": "ch",
    }  # fmt: skip
    row = {**sound, **cells}
    return ",".join(f'"{row.get(column, "")}"' for column in INDICATOR_COLUMNS)


def _article(number: str) -> str:
    return f"{number},I,7,5,no,Article {number},Статья {number},{number}-бап,Text,Текст,Мәтін,ru;kk"


TABLES: dict[str, list[str]] = {
    "indicators.csv": [
        ",".join(INDICATOR_COLUMNS),
        _indicator("stunting", "Stunting", child_ages="0-4", sdg_code="2.2.1", mics_code="TC.45a",
                   mics_code_status="verified"),
        _indicator("births", "Births per 1,000 women (15-19 years)", name_ru="Рождений на 1000 женщин",
                   name_kk="1000 әйелге шаққандағы туу", unit="per_1000_women", child_ages="15-17",
                   transmonee_code="A_1", crpd_articles="25"),
        _indicator("acts", "Number of acts", unit="count", transmonee_code="A_2"),
    ],
    "indicator_definitions.csv": [
        "code,numerator_en,numerator_ru,numerator_kk,denominator_en,denominator_ru,denominator_kk,unreviewed",
        "stunting,Short,Низкие,Аласа балалар,Children,Дети,Балалар,ru;kk",
        "births,Births,Рождения,Туғандар,Women,Женщины,Әйелдер,ru;kk",
        "acts,Acts,Акты,Актілер,,,,ru;kk",
    ],
    "crc_articles.csv": [
        "number,part,cluster,further_clusters,general_principle,title_en,title_ru,title_kk,"
        "summary_en,summary_ru,summary_kk,unreviewed",
        *(_article(number) for number in (*map(str, range(1, 55)), *PROTOCOLS)),
    ],
    "crc_clusters.csv": [
        "number,name_en,name_ru,name_kk,unreviewed",
        *(f"{number},Cluster {number},Группа {number},{number}-топ,ru;kk" for number in range(10)),
    ],
    "domains.csv": [NAMED, "health,Health,Здоровье,Денсаулық,ru;kk", "money,Money,Деньги,Ақша,"],
    "subdomains.csv": [NAMED, "nutrition,Nutrition,Питание,Тамақтану,ru;kk"],
    "programme_areas.csv": [NAMED, "child_health,Child health,Здоровье детей,Бала денсаулығы,ru;kk"],
    "breakdowns.csv": [
        ",".join(BREAKDOWN_COLUMNS),
        ",".join(["total", "design", "Total", "Всего", "Барлығы", "ru;kk", *[""] * 11]),
    ],
    "code_lists/unit.csv": [
        NAMED,
        "percent,percent,процентов,пайыз,ru;kk",
        "per_1000_women,per women,на женщин,әйелге,ru;kk",
        "count,number,число,саны,ru;kk",
    ],
    "code_lists/other.csv": [NAMED, "level,level,уровень,деңгейі,", "level=primary,primary,начальное,бастауыш,"],
    "registration_breaks.csv": [
        "country,year,indicators,name_en,name_ru,name_kk,unreviewed,source",
        "KAZ,2008,u5mr,Break,Разрыв,Үзіліс,,Source",
    ],
    "rules.csv": [
        "rule,severity,message_en,message_ru,message_kk,suggestion_en,suggestion_ru,suggestion_kk,unreviewed",
        "odd,error,It is {value} of {name},Это {value} из {name},Бұл {name} ішінен {value},"
        "Mend,Исправьте,Түзетіңіз,ru;kk",
    ],
    "reporting_rhythms.csv": [
        "mechanism,months,name_en,name_ru,name_kk,unreviewed,verified,source",
        "CRC,60,Committee,Комитет,Комитет,ru;kk,yes,Treaty",
    ],
    "surveys/comments.csv": ["key,text_en,text_ru,text_kk,unreviewed", "a,A,А,А,ru;kk"],
    "duties/relations.csv": [
        "code,from_kinds,to_kinds,name_en,name_ru,name_kk,back_en,back_ru,back_kk,unreviewed",
        "cites,act,act,cites,ссылается,сілтейді,is cited,упомянут,аталған,ru;kk",
    ],
    "interface.csv": ["key,en,ru,kk,unreviewed", "menu,Menu,Меню,Мәзір,ru;kk"],
    "areas.csv": [
        "code,valid_from,valid_to,kind,parent,name_en,name_ru,name_kk,unreviewed,predecessors,successors,"
        "seat_en,seat_ru,seat_kk",
        "XXX,,,country,,Madeland,Страна,Ел,ru;kk,,,,,",
        "X-1,2000-01-01,2010-01-01,region,XXX,Old,Старая,Ескі өңір,ru;kk,,X-1;X-2,Seat,Центр,Орталық",
        "X-1,2010-01-01,,region,XXX,Old,Старая,Ескі өңір,ru;kk,X-1,,Seat,Центр,Орталық",
        "X-2,2010-01-01,,region,XXX,New,Новая,Жаңа өңір,ru;kk,X-1,,,,",
    ],
    "countries/madeland/indicators.csv": [
        ",".join(INDICATOR_COLUMNS),
        _indicator("own", "Own one", related="stunting", source_types="administrative", survey_file=""),
    ],
    "countries/madeland/country.yaml": ["code: XXX", "dataset: madeland", *(
        f"{stem}_{language}: Madeland" for stem in ("name", "title") for language in ("en", "ru", "kk"))],
}  # fmt: skip


def made_definitions(folder: Path, table: str = "", row: int = 0, before: str = "", after: str = "") -> Path:
    """The folder, with `before` replaced by `after` once in one row of one table (header = 1)."""
    home = folder / "definitions"
    for name, lines in TABLES.items():
        text = list(lines)
        if name == table:
            assert before in text[row - 1], f"{before!r} is not in row {row} of {table}: {text[row - 1]}"
            text[row - 1] = text[row - 1].replace(before, after, 1)
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(text) + "\n", encoding="utf-8")
    return home
