"""The language of the command line: that of the environment, read once when it starts."""

from pregao.settings import Settings
from pregao.texts import plural_translator, translator

LANGUAGE = Settings.read().language

_ = translator(LANGUAGE)
ngettext = plural_translator(LANGUAGE)
