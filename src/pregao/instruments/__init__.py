"""What is traded, and when: symbols and the sessions of their exchanges."""

from pregao.instruments._calendars import Sessions as Sessions
from pregao.instruments._calendars import as_date as as_date
from pregao.instruments._calendars import calendar_name as calendar_name
from pregao.instruments._calendars import calendar_start as calendar_start
from pregao.instruments._calendars import closing_days as closing_days
from pregao.instruments._calendars import exchange_date as exchange_date
from pregao.instruments._calendars import last_complete_session as last_complete_session
from pregao.instruments._calendars import next_sessions as next_sessions
from pregao.instruments._calendars import sessions_between as sessions_between
from pregao.instruments._exchanges import B3 as B3
from pregao.instruments._exchanges import CRYPTO as CRYPTO
from pregao.instruments._exchanges import EXCHANGES as EXCHANGES
from pregao.instruments._exchanges import FOREX as FOREX
from pregao.instruments._exchanges import LONDON as LONDON
from pregao.instruments._exchanges import NYSE as NYSE
from pregao.instruments._exchanges import TOKYO as TOKYO
from pregao.instruments._exchanges import Exchange as Exchange
from pregao.instruments._grammar import InstrumentClass as InstrumentClass
from pregao.instruments._renames import RENAMES as RENAMES
from pregao.instruments._renames import Rename as Rename
from pregao.instruments._renames import rename_of as rename_of
from pregao.instruments._statements import load_statements as load_statements
from pregao.instruments._symbols import Symbol as Symbol
from pregao.instruments._symbols import spell_symbol as spell_symbol
from pregao.instruments._symbols import symbol_key as symbol_key
