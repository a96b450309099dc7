"""The words of the trading simulation's figure, in both languages."""

from pregao.presentation._texts import Language

_EN: dict[str, str] = {
    "account_caption": "{symbols}: {capital}, {first} .. {last}",
    "plus_minus": "\N{PLUS-MINUS SIGN} {error}",
    "account": "Account",
    "account_after_costs": "{gained} after costs; buying and holding {held}",
    "after_costs": "After costs",
    "after_tax": "strategy after tax",
    "before_costs": "Before costs",
    "buy_and_hold": "buy and hold",
    "cash": "cash",
    "deflated": "Deflated Sharpe",
    "deflated_note": "The deflated Sharpe is the probability that the Sharpe ratio is above what "
    "luck gives the best of all trials counted, here {count}: 95 % is the usual demand.",
    "drawdown": "below the peak",
    "drawdown_deepest": "Deepest fall",
    "equity": "equity after costs",
    "exposure": "Exposure",
    "idle": "Nothing was traded: the account stayed in cash, and its costs are nothing.",
    "idle_short": "abstains, nothing was traded; buying and holding {held}",
    "long": "long",
    "position": "position",
    "sharpe": "Sharpe",
    "short": "short",
    "strategy": "strategy",
    "taxed": "After tax",
    "trades": "Trades",
    "trading": "What it would have earned",
    "trading_figure_note": "The band in the middle is the position as a share of the equity. "
    "Where tax was asked for, the dotted line is what it leaves.",
    "trading_note": "All accounts begin with the same capital in the same market. What is decided "
    "after a close is executed at the next open; fees, slippage and borrowed shares are paid. "
    "Costs and tax rules are presets for you to verify.",
    "volatility": "Volatility a year",
}

_PT: dict[str, str] = {
    "account_caption": "{symbols}: {capital}, {first} .. {last}",
    "plus_minus": "\N{PLUS-MINUS SIGN} {error}",
    "account": "Conta",
    "account_after_costs": "{gained} depois dos custos; comprar e manter {held}",
    "after_costs": "Depois dos custos",
    "after_tax": "estratégia após imposto",
    "before_costs": "Antes dos custos",
    "buy_and_hold": "comprar e manter",
    "cash": "caixa",
    "deflated": "Sharpe deflacionado",
    "deflated_note": "O Sharpe deflacionado é a probabilidade de que o Sharpe esteja acima do que "
    "a sorte dá à melhor de todas as tentativas contadas, aqui {count}: o usual é exigir 95 %.",
    "drawdown": "abaixo do pico",
    "drawdown_deepest": "Maior queda",
    "equity": "patrimônio após custos",
    "exposure": "Exposição",
    "idle": "Nada foi negociado: a conta ficou em caixa, e não custou nada.",
    "idle_short": "abstém-se, nada foi negociado; comprar e manter {held}",
    "long": "comprado",
    "position": "posição",
    "sharpe": "Sharpe",
    "short": "vendido",
    "strategy": "estratégia",
    "taxed": "Depois do imposto",
    "trades": "Negócios",
    "trading": "Quanto teria rendido",
    "trading_figure_note": "A faixa do meio é a posição como fração do patrimônio. Onde se pediu "
    "imposto, a linha pontilhada é o que ele deixa.",
    "trading_note": "As contas começam com o mesmo capital no mesmo mercado. O que se decide "
    "depois de um fechamento é executado na abertura seguinte; taxas, slippage e aluguel são "
    "pagos. Custos e regras de imposto são valores prontos, a conferir por você.",
    "volatility": "Volatilidade ao ano",
}

TEXTS_TRADING: dict[Language, dict[str, str]] = {"en": _EN, "pt": _PT}
