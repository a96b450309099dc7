"""Texts that several pages share by key."""

from pregao.values import Text

COMMON: dict[str, Text] = {
    "tagline": Text(
        en="From a ticker to an honest forecast, always beside the naive one.",
        pt_br="De um ticker a uma previsão honesta, sempre ao lado da ingênua.",
    ),
    "skip": Text(en="Skip to the content", pt_br="Ir para o conteúdo"),
    "nav": Text(en="Pages", pt_br="Páginas"),
    "nav_overview": Text(en="Overview", pt_br="Visão geral"),
    "nav_training": Text(en="Training", pt_br="Treinamento"),
    "nav_network": Text(en="Custom network", pt_br="Rede própria"),
    "nav_runs": Text(en="Runs", pt_br="Execuções"),
    "nav_operations": Text(en="Operations", pt_br="Operação"),
    "search": Text(en="Find a ticker", pt_br="Buscar um ticker"),
    "search_hint": Text(en="PETR4, VALE3, NVDA", pt_br="PETR4, VALE3, NVDA"),
    "search_go": Text(en="Open", pt_br="Abrir"),
    "theme": Text(en="Light or dark", pt_br="Claro ou escuro"),
    "language": Text(en="Language", pt_br="Idioma"),
    "footer_json": Text(en="This page as JSON", pt_br="Esta página em JSON"),
    "footer_api": Text(en="API", pt_br="API"),
    "footer_metrics": Text(en="Metrics", pt_br="Métricas"),
    "not_advice": Text(
        en="Forecasts are ranges, not advice. Every score stands beside the naive forecast's.",
        pt_br="Previsões são faixas, não recomendações. Toda nota está ao lado da previsão ingênua.",
    ),
    "problem_title": Text(en="That did not work", pt_br="Não deu certo"),
    "problem_nowhere": Text(
        en="No page has the address {path}. The menu above leads to all of them.",
        pt_br="Nenhuma página tem o endereço {path}. O menu acima leva a todas.",
    ),
    "problem_back": Text(en="Back to the overview", pt_br="Voltar à visão geral"),
    "problem_logged": Text(
        en="The server's log says more; there this request is",
        pt_br="O registro do servidor diz mais; lá este pedido é",
    ),
    "problem_nearest": Text(en="Did you mean", pt_br="Você quis dizer"),
    "edge_proven": Text(en="edge", pt_br="vantagem"),
    "edge_none": Text(en="no edge", pt_br="sem vantagem"),
    "edge_proven_help": Text(
        en="It beat the best baseline beyond chance on sessions it had not seen.",
        pt_br="Superou a melhor referência além do acaso em pregões que não tinha visto.",
    ),
    "edge_none_help": Text(
        en="No network beat the best baseline beyond chance: use the ranges, not the direction.",
        pt_br="Nenhuma rede superou a melhor referência além do acaso: use as faixas, não a direção.",
    ),
    "severity_error": Text(en="error", pt_br="erro"),
    "severity_warning": Text(en="warning", pt_br="aviso"),
    "severity_info": Text(en="note", pt_br="nota"),
    "state_queued": Text(en="waiting", pt_br="na fila"),
    "state_running": Text(en="running", pt_br="em curso"),
    "state_succeeded": Text(en="done", pt_br="feito"),
    "state_failed": Text(en="failed", pt_br="falhou"),
    "state_cancelled": Text(en="cancelled", pt_br="cancelado"),
    "state_dead": Text(en="dead", pt_br="morto"),
    "baseline": Text(en="baseline", pt_br="referência"),
    "champion": Text(en="champion", pt_br="campeão"),
    "none": Text(en="none", pt_br="nenhum"),
    "yes": Text(en="yes", pt_br="sim"),
    "no": Text(en="no", pt_br="não"),
    "horizon": Text(en="Horizon", pt_br="Horizonte"),
    "symbol": Text(en="Symbol", pt_br="Ativo"),
    "close": Text(en="Close", pt_br="Fechar"),
    "js_key_title": Text(en="A key is required", pt_br="É preciso uma chave"),
    "js_key_help": Text(
        en="This server asks for an API key for what changes something. It is kept until this tab "
        "is closed.",
        pt_br="Este servidor pede uma chave de API para o que altera algo. Ela fica até esta aba ser "
        "fechada.",
    ),
    "js_key_label": Text(en="API key", pt_br="Chave de API"),
    "js_reason_at_least": Text(
        en="Input should be greater than or equal to {value}",
        pt_br="O valor deve ser maior ou igual a {value}",
    ),
    "js_reason_at_most": Text(
        en="Input should be less than or equal to {value}",
        pt_br="O valor deve ser menor ou igual a {value}",
    ),
    "js_reason_above": Text(
        en="Input should be greater than {value}", pt_br="O valor deve ser maior que {value}"
    ),
    "js_reason_below": Text(
        en="Input should be less than {value}", pt_br="O valor deve ser menor que {value}"
    ),
    "js_reason_integer": Text(
        en="Input should be a valid integer", pt_br="O valor deve ser um número inteiro"
    ),
    "js_reason_number": Text(
        en="Input should be a valid number", pt_br="O valor deve ser um número"
    ),
    "js_reason_choice": Text(
        en="Input should be {value}", pt_br="O valor deve ser um destes: {value}"
    ),
    "js_reason_missing": Text(en="Field required", pt_br="Falta este campo"),
    "js_reason_meant": Text(
        en="unknown field, did you mean '{value}'?",
        pt_br="campo desconhecido; você quis dizer '{value}'?",
    ),
    "js_reason_unknown": Text(en="unknown field", pt_br="campo desconhecido"),
    "js_reason_found": Text(en="(found {value})", pt_br="(recebido {value})"),
    "js_ok": Text(en="Continue", pt_br="Continuar"),
    "js_cancel": Text(en="Cancel", pt_br="Cancelar"),
    "js_unreachable": Text(
        en="The server did not answer. Is it still running?",
        pt_br="O servidor não respondeu. Ele ainda está no ar?",
    ),
    "js_busy": Text(en="Working ...", pt_br="Trabalhando ..."),
}
