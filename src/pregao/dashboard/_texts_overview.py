"""Texts of the overview by key."""

from pregao.values import Text

OVERVIEW: dict[str, Text] = {
    "overview_title": Text(en="Watchlist", pt_br="Lista de ativos"),
    "overview_lead": Text(
        en="The next sessions of each symbol as a range, and whether anybody has earned the right to "
        "say more.",
        pt_br="Os próximos pregões de cada ativo como uma faixa, e se alguém conquistou o direito de "
        "dizer mais.",
    ),
    "overview_last": Text(en="Last price", pt_br="Último preço"),
    "overview_day": Text(en="Day", pt_br="Dia"),
    "overview_forecast": Text(en="Forecast", pt_br="Previsão"),
    "overview_range": Text(en="90 % range", pt_br="Faixa de 90 %"),
    "overview_edge": Text(en="Edge", pt_br="Vantagem"),
    "overview_by": Text(en="By", pt_br="Por"),
    "overview_data": Text(en="Data", pt_br="Dados"),
    "overview_ahead": Text(en="for {session}", pt_br="para {session}"),
    "overview_sessions_late": Text(
        en="{count} sessions behind",
        pt_br="{count} pregões atrás",
    ),
    "overview_current": Text(en="up to date", pt_br="em dia"),
    "overview_failed": Text(en="no forecast: {reason}", pt_br="sem previsão: {reason}"),
    "overview_start": Text(en="Start here", pt_br="Comece aqui"),
    "overview_start_lead": Text(
        en="No network has been trained yet. Three clicks on the bundled data lead to a first "
        "forecast of your own; the ranges below come from a baseline in the meantime.",
        pt_br="Nenhuma rede foi treinada ainda. Três cliques nos dados incluídos levam à sua primeira "
        "previsão; enquanto isso, as faixas abaixo vêm de uma referência.",
    ),
    "overview_step_1": Text(
        en="Choose the sample: twenty years of the S&P 500, already here",
        pt_br="Escolha a amostra: vinte anos do S&P 500, já aqui",
    ),
    "overview_step_2": Text(
        en="Start the training: it takes about a minute",
        pt_br="Inicie o treinamento: leva cerca de um minuto",
    ),
    "overview_step_3": Text(
        en="Open the forecast, beside the naive one",
        pt_br="Abra a previsão, ao lado da ingênua",
    ),
    "overview_begin": Text(en="Try it on the sample", pt_br="Experimentar com a amostra"),
    "overview_own": Text(
        en="Or find a ticker above: PETR4, VALE3 and NVDA are fetched when you ask for them.",
        pt_br="Ou busque um ticker acima: PETR4, VALE3 e NVDA são baixados quando você pede.",
    ),
    "overview_none": Text(
        en="No symbol yet: find one above.", pt_br="Nenhum ativo ainda: busque um acima."
    ),
    "overview_more": Text(
        en="The first {shown} of {count} symbols are shown.",
        pt_br="São mostrados os primeiros {shown} de {count} ativos.",
    ),
    "overview_champions": Text(en="Champions", pt_br="Campeões"),
    "overview_num_symbols": Text(en="symbols at hand", pt_br="ativos à mão"),
    "overview_jobs": Text(en="jobs under way", pt_br="trabalhos em curso"),
    "overview_runs": Text(en="runs kept", pt_br="execuções guardadas"),
}
