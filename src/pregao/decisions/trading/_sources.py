"""The sources of the trading rules, by market and class, each with its year."""

from pregao.decisions.trading._rules import RuleSource

_SLIPPAGE = RuleSource(
    figures=("slippage_bps",),
    year=2024,
    en="Assumption: about the spread of a large company at the opening auction, for small orders",
    pt_br="Suposição: cerca do spread de uma empresa grande no leilão de abertura, em ordens "
    "pequenas",
)
_B3_FEES = RuleSource(
    figures=("exchange_bps",),
    year=2024,
    en="B3 tariffs of the cash equity market, individuals: 0.0050 % trading, 0.0250 % "
    "settlement; announced from 2025 on: 0.0230 % in all",
    pt_br="Tarifas da B3 no mercado à vista de ações, pessoa física: 0,0050 % de negociação, "
    "0,0250 % de liquidação; anunciado a partir de 2025: 0,0230 % ao todo",
)
_B3_BORROW = RuleSource(
    figures=("borrow_annual",),
    year=2024,
    en="Assumption: share lending of large companies; rates differ by share and day, and B3 "
    "adds a fee",
    pt_br="Suposição: aluguel de ações de empresas grandes; as taxas variam por ação e por "
    "dia, e a B3 cobra sua parte",
)
_B3_COSTS = (_B3_FEES, _SLIPPAGE, _B3_BORROW)
_LOTS = ("lot_shares", "tick", "settlement_sessions")
_B3_LOTS = RuleSource(
    figures=_LOTS,
    year=2024,
    en="B3 trading rules: lots of 100 shares or units, 1 in the fractional market, ticks of R$ "
    "0.01, settlement in two sessions since May 2019",
    pt_br="Regras de negociação da B3: lote-padrão de 100 ações ou units, 1 no fracionário, "
    "variação mínima de R$ 0,01, liquidação em D+2 desde maio de 2019",
)
_ETF_LOTS = RuleSource(
    figures=_LOTS,
    year=2020,
    en="B3, September 2020: ETFs of shares in lots of 1 from 2020-09-28, of 10 before, which are "
    "traded as single units here too; ticks of R$ 0.01, settlement in two sessions",
    pt_br="B3, setembro de 2020: ETFs de renda variável em lotes de 1 a partir de 28/09/2020, de "
    "10 antes, que aqui também se negociam por unidade; variação mínima de R$ 0,01, liquidação em "
    "D+2",
)
_BDR_LOTS = RuleSource(
    figures=_LOTS,
    year=2020,
    en="B3, September 2020: BDRs in lots of 1 from 2020-09-28, of 10 or 100 before, which are "
    "traded as single units here too; ticks of R$ 0.01, settlement in two sessions",
    pt_br="B3, setembro de 2020: BDRs em lotes de 1 a partir de 28/09/2020, de 10 ou 100 antes, "
    "que aqui também se negociam por unidade; variação mínima de R$ 0,01, liquidação em D+2",
)
_FII_LOTS = RuleSource(
    figures=_LOTS,
    year=2024,
    en="B3 trading rules: FIIs in lots of 1 (since when: not sure), ticks of R$ 0.01, settlement "
    "in two sessions",
    pt_br="Regras de negociação da B3: FIIs em lotes de 1 (desde quando: sem certeza), variação "
    "mínima de R$ 0,01, liquidação em D+2",
)
_UNSTATED_LOTS = RuleSource(
    figures=_LOTS,
    year=2024,
    en="Assumption: a unit, an ETF or a FII, which the ticker does not tell, in lots of 100, "
    "which each of them allows; ticks of R$ 0.01, settlement in two sessions; no tax until the "
    "class is stated",
    pt_br="Suposição: uma unit, um ETF ou um FII, o que o ticker não informa, em lotes de 100, que "
    "todos permitem; variação mínima de R$ 0,01, liquidação em D+2; sem imposto até que se informe "
    "a classe",
)
_SHARE_TAX = RuleSource(
    figures=("tax",),
    year=2024,
    en="Lei 11.033/2004, arts. 2 and 3, and IN RFB 1.585/2015, arts. 56 to 65: 15 %, day "
    "trades 20 %, shares exempt up to R$ 20,000 of sales a month in the cash market, gross of "
    "fees; losses carried forward. Not sure: whether day trades are part of the R$ 20,000 (here "
    "they are not), and whether short positions can be exempt (here they cannot; a short sale is "
    "a sale of its month, buying back is none)",
    pt_br="Lei 11.033/2004, arts. 2 e 3, e IN RFB 1.585/2015, arts. 56 a 65: 15 %, day trade "
    "20 %, ações isentas até R$ 20.000 de vendas no mês no mercado à vista, sem descontar taxas; "
    "prejuízos compensáveis. Sem certeza: se o day trade entra nos R$ 20.000 (aqui não entra), e "
    "se posições vendidas podem ser isentas (aqui não podem; a venda a descoberto é venda do seu "
    "mês, a recompra não)",
)
_UNIT_TAX = RuleSource(
    figures=("tax",),
    year=2024,
    en="Lei 11.033/2004, art. 2, and IN RFB 1.585/2015: 15 %, day trades 20 %. Not sure: whether "
    "units have the exemption of shares, as certificates of shares (here they do not, and their "
    "sales are no part of the R$ 20,000)",
    pt_br="Lei 11.033/2004, art. 2, e IN RFB 1.585/2015: 15 %, day trade 20 %. Sem certeza: se "
    "units têm a isenção das ações, como certificados de ações (aqui não têm, e suas vendas não "
    "entram nos R$ 20.000)",
)
_ETF_TAX = RuleSource(
    figures=("tax",),
    year=2024,
    en="IN RFB 1.585/2015, art. 59, par. 2: ETFs of shares 15 %, day trades 20 %, never exempt. "
    "Not sure: ETFs of fixed income, which Lei 13.043/2014 taxes at rates of their own: give the "
    "rules another tax for them",
    pt_br="IN RFB 1.585/2015, art. 59, par. 2: ETFs de ações 15 %, day trade 20 %, nunca isentos. "
    "Sem certeza: ETFs de renda fixa, que a Lei 13.043/2014 tributa com alíquotas próprias: dê às "
    "regras outro imposto para eles",
)
_BDR_TAX = RuleSource(
    figures=("tax",),
    year=2024,
    en="IN RFB 1.585/2015, arts. 56 to 65: BDRs 15 %, day trades 20 %; the exemption is for "
    "shares, and BDRs are none",
    pt_br="IN RFB 1.585/2015, arts. 56 a 65: BDRs 15 %, day trade 20 %; a isenção é para ações, e "
    "BDRs não são ações",
)
_FII_TAX = RuleSource(
    figures=("tax",),
    year=2024,
    en="Lei 8.668/1993, art. 18, and IN RFB 1.585/2015: FIIs 20 %, day trades as "
    "well, never exempt; losses are set off against gains of FIIs alone",
    pt_br="Lei 8.668/1993, art. 18, e IN RFB 1.585/2015: FIIs 20 %, também em day "
    "trade, nunca isentos; prejuízos se compensam só com ganhos de FIIs",
)
_WITHHOLDINGS = RuleSource(
    figures=("withholdings",),
    year=2026,
    en="JCP: 15 % by Lei 9.249/1995, art. 9, 17.5 % from 2026 by Lei Complementar 224/2025. "
    "Dividends: none until 2025; 10 % from 2026 where a company pays a person more than R$ 50,000 "
    "in a month, by Lei 15.270/2025. Not applied: dividends are reinvested gross",
    pt_br="JCP: 15 % pela Lei 9.249/1995, art. 9, 17,5 % a partir de 2026 pela Lei Complementar "
    "224/2025. Dividendos: nada até 2025; 10 % a partir de 2026 se uma empresa paga a uma pessoa "
    "mais de R$ 50.000 num mês, pela Lei 15.270/2025. Não se aplica: dividendos são reinvestidos "
    "brutos",
)

SHARES = (*_B3_COSTS, _B3_LOTS, _SHARE_TAX, _WITHHOLDINGS)
UNITS = (*_B3_COSTS, _B3_LOTS, _UNIT_TAX, _WITHHOLDINGS)
ETFS = (*_B3_COSTS, _ETF_LOTS, _ETF_TAX)
FIIS = (*_B3_COSTS, _FII_LOTS, _FII_TAX)
BDRS = (*_B3_COSTS, _BDR_LOTS, _BDR_TAX)
UNSTATED = (*_B3_COSTS, _UNSTATED_LOTS)
US = (
    RuleSource(
        figures=("sale_bps",),
        year=2024,
        en="SEC section 31 fee: US$ 27.80 per million of sales; nil from May 2025; FINRA's fee of "
        "a fraction of a cent a share is left out",
        pt_br="Taxa da seção 31 da SEC: US$ 27,80 por milhão vendido; zero desde maio de 2025; a "
        "taxa da FINRA, fração de centavo por ação, fica de fora",
    ),
    _SLIPPAGE,
    RuleSource(
        figures=_LOTS,
        year=2024,
        en="SEC: orders of one share, ticks of US$ 0.01 (Rule 612), settlement in one session "
        "since May 2024 (Rule 15c6-1)",
        pt_br="SEC: ordens de uma ação, variação mínima de US$ 0,01 (regra 612), liquidação em "
        "D+1 desde maio de 2024 (regra 15c6-1)",
    ),
    RuleSource(
        figures=("borrow_annual",),
        year=2024,
        en="Assumption: shares of large companies, easy to borrow",
        pt_br="Suposição: ações de empresas grandes, fáceis de alugar",
    ),
    RuleSource(
        figures=("tax",),
        year=2024,
        en="Internal Revenue Code sections 1 and 1222: short-term gains at the income's own rate "
        "(24 % is one of the brackets: set yours), 15 % after more than a year",
        pt_br="Internal Revenue Code, seções 1 e 1222: ganhos de curto prazo à alíquota da renda "
        "(24 % é uma das faixas: informe a sua), 15 % depois de mais de um ano",
    ),
)
OTHERS = (
    RuleSource(
        figures=("brokerage_bps", "slippage_bps", "lot_shares"),
        year=2024,
        en="Assumption, on the dear side: no rules of this market are known here; no tax",
        pt_br="Suposição, para o lado caro: não há aqui regras deste mercado; sem imposto",
    ),
)
