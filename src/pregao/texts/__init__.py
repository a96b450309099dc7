"""Texts: messages in English, their translations, and numbers and dates of each language."""

from pregao.texts._catalogues import LOCALE_FOLDER as LOCALE_FOLDER
from pregao.texts._languages import LOCALES as LOCALES
from pregao.texts._languages import Language as Language
from pregao.texts._languages import city_of_zone as city_of_zone
from pregao.texts._languages import country_of_zone as country_of_zone
from pregao.texts._languages import currency_name as currency_name
from pregao.texts._languages import format_day as format_day
from pregao.texts._languages import format_short_day as format_short_day
from pregao.texts._languages import load_locales as load_locales
from pregao.texts._languages import localised as localised
from pregao.texts._messages import N_ as N_
from pregao.texts._messages import LocalText as LocalText
from pregao.texts._messages import Message as Message
from pregao.texts._messages import Translatable as Translatable
from pregao.texts._messages import Translations as Translations
from pregao.texts._messages import Translator as Translator
from pregao.texts._messages import gettext_lazy as gettext_lazy
from pregao.texts._messages import in_language as in_language
from pregao.texts._messages import join_messages as join_messages
from pregao.texts._messages import list_alternatives as list_alternatives
from pregao.texts._messages import ngettext_lazy as ngettext_lazy
from pregao.texts._messages import plural_translator as plural_translator
from pregao.texts._messages import translations as translations
from pregao.texts._messages import translator as translator
