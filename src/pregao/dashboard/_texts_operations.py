"""Texts of the page of operations by key."""

from pregao.values import Text

_SHOWN: dict[str, Text] = {
    "operations_title": Text(en="Operations", pt_br="Operação"),
    "operations_lead": Text(
        en="How this server does, as it measures itself. What is not known is a dash.",
        pt_br="Como este servidor vai, segundo as próprias medidas. O que não se sabe é um traço.",
    ),
    "operations_ready": Text(en="ready", pt_br="pronto"),
    "operations_not_ready": Text(en="not ready", pt_br="não está pronto"),
    "operations_as_of": Text(en="as of {at}", pt_br="até {at}"),
    "operations_links": Text(en="For machines", pt_br="Para máquinas"),
    "operations_limits": Text(en="Limits", pt_br="Limites"),
    "operations_readiness": Text(en="Readiness", pt_br="Prontidão"),
    "operations_pause": Text(en="Pause", pt_br="Pausar"),
    "operations_server": Text(en="Server", pt_br="Servidor"),
    "operations_requests": Text(en="Requests answered", pt_br="Requisições respondidas"),
    "operations_errors": Text(en="Refused (4xx)", pt_br="Recusadas (4xx)"),
    "operations_failures": Text(en="Failed (5xx)", pt_br="Com falha (5xx)"),
    "operations_in_flight": Text(en="In flight", pt_br="Em andamento"),
    "operations_p50": Text(en="Half within", pt_br="Metade em até"),
    "operations_p95": Text(en="95 % within", pt_br="95 % em até"),
    "operations_cpu": Text(en="CPU time used", pt_br="Tempo de CPU usado"),
    "operations_memory": Text(en="Resident memory", pt_br="Memória residente"),
    "operations_files": Text(en="Open files", pt_br="Arquivos abertos"),
    "operations_since": Text(en="Since", pt_br="Desde"),
    "operations_up_since": Text(en="up since", pt_br="no ar desde"),
    "operations_streams": Text(en="Event streams open", pt_br="Fluxos de eventos abertos"),
    "operations_most": Text(en="{most} at most", pt_br="no máximo {most}"),
    "operations_forecasts": Text(en="Forecasts", pt_br="Previsões"),
    "operations_by_network": Text(en="By networks", pt_br="De redes"),
    "operations_by_baseline": Text(en="By baselines", pt_br="De referências"),
    "operations_estimates": Text(
        en="Times are estimates: a histogram counts how many answers fell between two borders, and "
        "within them they are taken to lie evenly. Counts begin when the server comes up, and this "
        "page's own questions are among them; workers are processes of their own, and not counted.",
        pt_br="Os tempos são estimativas: um histograma conta quantas respostas caíram entre dois "
        "limites, e entre eles supõe-se que se distribuam por igual. As contagens começam quando o "
        "servidor sobe, e incluem as perguntas desta página; os "
        "trabalhadores são outros processos, que não entram.",
    ),
    "operations_pace": Text(en="The last five minutes", pt_br="Os últimos cinco minutos"),
    "operations_pace_requests": Text(en="Requests per second", pt_br="Requisições por segundo"),
    "operations_pace_cpu": Text(en="CPU", pt_br="CPU"),
    "operations_pace_memory": Text(en="Memory", pt_br="Memória"),
    "operations_queue": Text(en="Queue", pt_br="Fila"),
    "operations_no_queue": Text(
        en="The queue cannot be read: {reason}", pt_br="A fila não pode ser lida: {reason}"
    ),
    "operations_oldest": Text(en="The next has waited", pt_br="O próximo espera há"),
    "operations_workers": Text(en="Workers", pt_br="Trabalhadores"),
    "operations_worker": Text(en="Worker", pt_br="Trabalhador"),
    "operations_host": Text(en="Host", pt_br="Máquina"),
    "operations_beat": Text(en="Last beat", pt_br="Último sinal"),
    "operations_works_on": Text(en="Works on", pt_br="Trabalha em"),
    "operations_alive": Text(en="alive", pt_br="vivo"),
    "operations_silent": Text(en="silent", pt_br="em silêncio"),
    "operations_no_workers": Text(
        en="No worker is there: jobs wait until one is started.",
        pt_br="Nenhum trabalhador: os trabalhos esperam até que um seja iniciado.",
    ),
    "operations_jobs": Text(en="Newest jobs", pt_br="Trabalhos mais novos"),
    "operations_job": Text(en="Job", pt_br="Trabalho"),
    "operations_what": Text(en="Of", pt_br="De"),
    "operations_state": Text(en="State", pt_br="Estado"),
    "operations_message": Text(en="How far", pt_br="Andamento"),
    "operations_created": Text(en="Asked", pt_br="Pedido"),
    "operations_took": Text(en="Took", pt_br="Levou"),
    "operations_change": Text(en="Change", pt_br="Mudar"),
    "operations_no_jobs": Text(en="No job yet.", pt_br="Nenhum trabalho ainda."),
    "operations_all_jobs": Text(en="All about training", pt_br="Tudo sobre treinamento"),
    "operations_champions": Text(en="Champions", pt_br="Campeãs"),
    "operations_no_champions": Text(
        en="Nobody is seated: baselines answer.",
        pt_br="Ninguém está no posto: respondem referências.",
    ),
    "operations_champion": Text(en="Champion", pt_br="Campeã"),
    "operations_answers": Text(en="Who answers", pt_br="Quem responde"),
    "operations_itself": Text(en="itself", pt_br="ela mesma"),
    "operations_a_baseline": Text(en="a baseline", pt_br="uma referência"),
    "operations_trouble": Text(en="Trouble", pt_br="Problemas"),
    "operations_live": Text(
        en="Champions since their training", pt_br="Campeãs desde o treinamento"
    ),
    "operations_live_note": Text(
        en="Of all champions together, on sessions after training; taken every ten minutes.",
        pt_br="De todas as campeãs juntas, em pregões após o treinamento; a cada dez minutos.",
    ),
    "operations_error_ratio": Text(en="Error over naive", pt_br="Erro sobre o ingênuo"),
    "operations_coverage": Text(
        en="Coverage 90\N{NO-BREAK SPACE}%", pt_br="Cobertura 90\N{NO-BREAK SPACE}%"
    ),
    "operations_drift": Text(en="Drift of the inputs", pt_br="Desvio das entradas"),
    "operations_worst": Text(en="worst", pt_br="pior"),
    "operations_naive_is": Text(en="1 is naive", pt_br="1 é ingênuo"),
    "operations_right_is": Text(en="90 % is right", pt_br="90 % é o certo"),
    "operations_drift_is": Text(en="in training deviations", pt_br="em desvios do treinamento"),
    "operations_providers": Text(en="Providers of prices", pt_br="Fontes de preços"),
    "operations_no_providers": Text(
        en="No provider on the network is asked.", pt_br="Nenhuma fonte na rede é consultada."
    ),
    "operations_provider": Text(en="Provider", pt_br="Fonte"),
    "operations_success": Text(en="Last answer", pt_br="Última resposta"),
    "operations_failure": Text(en="Last failure", pt_br="Última falha"),
    "operations_retry_at": Text(en="Asked again", pt_br="Nova consulta"),
    "operations_routes": Text(en="Routes", pt_br="Rotas"),
    "operations_route": Text(en="Route", pt_br="Rota"),
    "operations_count": Text(en="Answers", pt_br="Respostas"),
}

_STATUS: dict[str, Text] = {
    "operations_asked": Text(en="asked as usual", pt_br="consultada normalmente"),
    "operations_left_alone": Text(en="left alone", pt_br="deixada em paz"),
    "operations_reason_rate_limited": Text(en="too many questions", pt_br="perguntas demais"),
    "operations_reason_unknown_symbol": Text(en="unknown symbol", pt_br="ativo desconhecido"),
    "operations_reason_auth": Text(en="key refused", pt_br="chave recusada"),
    "operations_reason_bad_payload": Text(en="odd answer", pt_br="resposta estranha"),
    "operations_reason_schema_changed": Text(
        en="answer of a new form", pt_br="resposta de forma nova"
    ),
    "operations_reason_unavailable": Text(en="not reachable", pt_br="inacessível"),
    "operations_idle": Text(en="nothing", pt_br="nada"),
}

OPERATIONS: dict[str, Text] = {
    **_SHOWN,
    **_STATUS,
    "js_operations_pause": _SHOWN["operations_pause"],
    "js_operations_resume": Text(en="Go on", pt_br="Continuar"),
    "js_operations_lost": Text(
        en="The server does not answer, so these numbers are old. It is asked again every few "
        "seconds.",
        pt_br="O servidor não responde; estes números são antigos. Ele é consultado de novo a cada "
        "poucos segundos.",
    ),
    "js_operations_cancel": Text(en="Cancel", pt_br="Cancelar"),
    "js_operations_cancel_one": Text(en="Cancel {job}", pt_br="Cancelar {job}"),
    "js_operations_cancel_title": Text(en="Cancel this job?", pt_br="Cancelar este trabalho?"),
    "js_operations_cancel_help": Text(
        en="{job} stops within seconds. It can be tried again later.",
        pt_br="{job} para em segundos. Pode ser tentado de novo depois.",
    ),
    "js_operations_cancel_yes": Text(en="Cancel the job", pt_br="Cancelar o trabalho"),
    "js_operations_retry": Text(en="Retry", pt_br="Tentar de novo"),
    "js_operations_retry_one": Text(en="Retry {job}", pt_br="Tentar {job} de novo"),
    "js_operations_highest": Text(en="highest {value}", pt_br="máximo {value}"),
}
