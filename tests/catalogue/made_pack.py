"""A small made country pack to break in one place at a time."""

from __future__ import annotations

from pathlib import Path

from everychild.catalogue.countries import CountryPack
from everychild.vocabulary.language import LocalText

TABLES = {
    "sources.csv": [
        "code,organisation,publication,year,url,licence,how_seen,rank,short_name_en,short_name_ru,short_name_kk,unreviewed",
        "OFFICE,Office,Yearbook,2020,https://example.org,free,book,10,Office,Бюро,Бюро,ru;kk",
    ],
    "indicators.csv": [
        "code,name_en,name_ru,name_kk,plain_en,plain_ru,plain_kk,unreviewed,unit,direction,domain,subdomain,"
        "programme_area,crc_articles,crpd_articles,sdg_code,mics_code,mics_code_status,source_types,survey_file,"
        "transmonee_code,child_ages,related,notes",
        "population,Children,Дети,Балалар,,,,ru;kk,persons,neutral,health,nutrition,child_health,24,,,,,administrative,"
        ",,0-17,u5mr,",
    ],
    "figures.csv": [
        "indicator,area,period,sex,age,other,value,lower,upper,interval,unit,status,quality,source,note,file",
        "u5mr,KAZ,2015,_T,_T,,12.5,11.9,13.4,UI90,per_1000_live_births,A,official,OFFICE,,deaths.csv",
        "u5mr,KAZ,2016,,,,12.1,,,,per_1000_live_births,,official,OFFICE,a note,",
        "population,KAZ,2016,F,_T,level=primary,7,,,,persons,A,official,OFFICE,,",
    ],
    "own_groups.csv": ["indicator,column,code", "u5mr,age,Y0T4", "nmr,other,level=primary"],
    "laws.csv": [
        "code,title_en,title_ru,title_kk,unreviewed,kind,number,date,status,crc_articles,topic,verified,source,note",
        "L1,Law,Закон,Заң,,law,1,2002-08-08,in force,1;19,core,yes,gazette,",
    ],
    "recommendations.csv": [
        "code,body,document,year,kind,paragraph,crc_articles,theme,text_en,text_ru,text_kk,unreviewed,verified,source",
        "R1,CRC,CRC/1,2015,recommendation,29,19,violence,Ban it,Запретить,Тыйым салу,ru;kk,yes,page",
    ],
    "programmes.csv": [
        "code,kind,title_en,title_ru,title_kk,unreviewed,start,end,fields,areas,partners,detail,verified,source",
        "P1,pilot,Pilot,Пилот,Пилот,,2015,2016,care,KZ-43;KZ-63,office,,no,",
    ],
    "facts.csv": ["theme,key", "spending,u5mr:KAZ:2015:OFFICE"],
    "seed_claims.csv": [
        "claim_en,claim_ru,claim_kk,indicator,seed_value,evidence_en,evidence_ru,evidence_kk,verdict_en,verdict_ru,"
        "verdict_kk,verdict_code,evidence_keys,unreviewed",
        "It falls,Падает,Төмендейді,u5mr,,12.5,12.5,12.5,Yes,Да,Иә,borne_out,"
        "u5mr:KAZ:2015:OFFICE;;population:KAZ:2016:OFFICE:sex=F;level=primary,",
    ],
    "tile_map.csv": [
        "area,column,row,short_en,short_ru,short_kk,abbreviation_en,abbreviation_ru,abbreviation_kk",
        "KZ-43,0,0,A,А,А,A,А,А",
        "KZ-63,1,0,B,Б,Б,B,Б,Б",
    ],
    "left_out.csv": [
        "table,code,only,rows,reason_en,reason_ru,reason_kk,unreviewed",
        "figures,x,,3,Adults,Взрослые,Ересектер,",
    ],
    "set_aside.csv": [
        "indicator,area,period,value,unit,source,reason_en,reason_ru,reason_kk,unreviewed",
        "u5mr,KAZ,2014,1200,per_1000_live_births,OFFICE,Too many,Слишком много,Тым көп,",
    ],
}  # fmt: skip


def made_pack(folder: Path, table: str = "", row: int = 0, before: str = "", after: str = "") -> CountryPack:
    """The pack, with `before` replaced by `after` in one row of one table (header = 1).

    `indicators.csv` names `population`, an own indicator of the shipped pack, so that the shipped catalogue knows it.
    """
    home = folder / "madeland"
    home.mkdir()
    for name, lines in TABLES.items():
        text = list(lines)
        if name == table:
            assert before in text[row - 1], f"{before!r} is not in row {row} of {table}"
            text[row - 1] = text[row - 1].replace(before, after)
        (home / name).write_text("\n".join(text) + "\n", encoding="utf-8")
    name = LocalText("Madeland", "Мейдленд", "Мейдленд")
    return CountryPack("KAZ", home, "madeland-pack", name, name, (), (), "")
