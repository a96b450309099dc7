"""The kinds of problems, as `pregao.api.KINDS` has them, by key."""

from pregao.values import Text

PROBLEMS: dict[str, Text] = {
    "js_problem_invalid_request": Text(
        en="The request cannot be read", pt_br="O pedido não pode ser lido"
    ),
    "js_problem_not_found": Text(en="Nothing is here", pt_br="Não há nada aqui"),
    "js_problem_method_not_allowed": Text(en="Not by this method", pt_br="Não por este método"),
    "js_problem_host_not_allowed": Text(
        en="This host is not served", pt_br="Este host não é servido"
    ),
    "js_problem_origin_not_allowed": Text(
        en="Not from another site", pt_br="Não a partir de outro site"
    ),
    "js_problem_key_required": Text(en="A key is required", pt_br="É preciso uma chave"),
    "js_problem_too_large": Text(en="The request is too large", pt_br="O pedido é grande demais"),
    "js_problem_too_slow": Text(
        en="The request took too long to arrive", pt_br="O pedido demorou demais a chegar"
    ),
    "js_problem_unsupported_media": Text(en="Not in this format", pt_br="Não neste formato"),
    "js_problem_unknown_run": Text(en="No such run", pt_br="Não existe essa execução"),
    "js_problem_unknown_search": Text(en="No such search", pt_br="Não existe essa busca"),
    "js_problem_unknown_job": Text(en="No such job", pt_br="Não existe esse trabalho"),
    "js_problem_unknown_champion": Text(en="No such champion", pt_br="Não existe esse campeão"),
    "js_problem_unknown_symbol": Text(en="No such symbol", pt_br="Não existe esse ativo"),
    "js_problem_invalid_symbol": Text(en="Not a ticker", pt_br="Isso não é um ticker"),
    "js_problem_unknown_name": Text(en="Not in the registry", pt_br="Não está no registro"),
    "js_problem_history_too_short": Text(en="Too few sessions", pt_br="Pregões de menos"),
    "js_problem_data_quality": Text(
        en="The prices are quarantined", pt_br="Os preços estão em quarentena"
    ),
    "js_problem_invalid_experiment": Text(
        en="The experiment cannot be run", pt_br="O experimento não pode ser executado"
    ),
    "js_problem_invalid_input": Text(
        en="The input cannot be used", pt_br="A entrada não pode ser usada"
    ),
    "js_problem_job_too_large": Text(
        en="More work than is allowed", pt_br="Mais trabalho do que se permite"
    ),
    "js_problem_key_used": Text(
        en="The key stands for another request", pt_br="A chave já vale para outro pedido"
    ),
    "js_problem_queue_full": Text(en="Too many jobs wait", pt_br="Há trabalhos demais na fila"),
    "js_problem_job_state": Text(en="Not in this state", pt_br="Não neste estado"),
    "js_problem_champion_changed": Text(en="The champion has changed", pt_br="O campeão mudou"),
    "js_problem_not_registered": Text(
        en="The run is not registered", pt_br="A execução não está registrada"
    ),
    "js_problem_not_registrable": Text(
        en="The run must not be served", pt_br="A execução não pode ser servida"
    ),
    "js_problem_run_serves": Text(en="The run serves", pt_br="A execução está em uso"),
    "js_problem_provider": Text(en="No provider answers", pt_br="Nenhum provedor responde"),
    "js_problem_busy": Text(en="Busy", pt_br="Ocupado"),
    "js_problem_database_unavailable": Text(
        en="The database cannot be reached", pt_br="O banco de dados não responde"
    ),
    "js_problem_damaged": Text(
        en="A stored file is damaged", pt_br="Um arquivo guardado está danificado"
    ),
    "js_problem_disk_full": Text(en="The disk is full", pt_br="O disco está cheio"),
    "js_problem_stopping": Text(en="The server is stopping", pt_br="O servidor está parando"),
    "js_problem_internal": Text(en="Something went wrong here", pt_br="Algo deu errado aqui"),
}
