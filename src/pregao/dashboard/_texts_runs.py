"""Texts of the list of runs, of a run and of the comparison by key."""

from pregao.values import Text

_LIST: dict[str, Text] = {
    "runs_title": Text(en="Runs", pt_br="Execuções"),
    "runs_lead": Text(
        en="Every training that was kept, the newest first, with its scores on sessions that it "
        "had not seen.",
        pt_br="Todo treinamento guardado, do mais novo ao mais antigo, com as notas em pregões que "
        "não tinha visto.",
    ),
    "runs_none": Text(
        en="No run is kept yet: the first one comes from a training.",
        pt_br="Nenhuma execução guardada ainda: a primeira vem de um treinamento.",
    ),
    "runs_none_of": Text(
        en="No run is kept of {symbol}.", pt_br="Nenhuma execução guardada de {symbol}."
    ),
    "runs_none_older": Text(en="No older run is kept.", pt_br="Não há execuções mais antigas."),
    "runs_train": Text(en="Train a network", pt_br="Treinar uma rede"),
    "runs_filter": Text(en="Filter", pt_br="Filtrar"),
    "runs_filter_text": Text(en="Containing", pt_br="Contendo"),
    "runs_filter_text_hint": Text(en="id, network, symbol", pt_br="id, rede, ativo"),
    "runs_filter_symbol_help": Text(
        en="Press the button to look among all runs.",
        pt_br="Use o botão para procurar entre todas as execuções.",
    ),
    "runs_filter_edge": Text(en="Edge", pt_br="Vantagem"),
    "runs_filter_any": Text(en="any", pt_br="qualquer"),
    "runs_filter_go": Text(en="Look among all", pt_br="Procurar em todas"),
    "runs_all": Text(en="All runs", pt_br="Todas as execuções"),
    "runs_shown": Text(en="{count} runs", pt_br="{count} execuções"),
    "runs_of": Text(en="of {symbol}", pt_br="de {symbol}"),
    "runs_newest": Text(en="Newest runs", pt_br="Execuções mais novas"),
    "runs_older": Text(en="Older runs", pt_br="Execuções mais antigas"),
    "runs_pages": Text(en="Pages of the list", pt_br="Páginas da lista"),
    "runs_compare": Text(en="Compare", pt_br="Comparar"),
    "runs_compare_help": Text(
        en="Tick two to five runs to put them side by side.",
        pt_br="Marque de duas a cinco execuções para vê-las lado a lado.",
    ),
    "runs_choose": Text(en="Choose", pt_br="Escolher"),
    "runs_choose_one": Text(en="Choose {run}", pt_br="Escolher {run}"),
    "runs_run": Text(en="Run", pt_br="Execução"),
    "runs_made": Text(en="Made", pt_br="Criada"),
    "runs_symbols": Text(en="Symbols", pt_br="Ativos"),
    "runs_forecaster": Text(en="Network", pt_br="Rede"),
    "runs_served": Text(en="Served by", pt_br="Servida por"),
    "runs_itself": Text(en="itself", pt_br="ela mesma"),
    "runs_crps": Text(en="CRPS", pt_br="CRPS"),
    "runs_skill_best": Text(en="vs best baseline", pt_br="vs melhor referência"),
    "runs_skill_naive": Text(en="vs random walk", pt_br="vs passeio aleatório"),
    "runs_mase": Text(en="MASE", pt_br="MASE"),
    "runs_coverage": Text(
        en="Coverage 90\N{NO-BREAK SPACE}%", pt_br="Cobertura 90\N{NO-BREAK SPACE}%"
    ),
    "runs_champion": Text(en="Champion of", pt_br="Campeã de"),
    "runs_note": Text(
        en="Scores are those of the network on the test part of one fit. Lower CRPS and MASE are "
        "better; skills are the share of the baseline's CRPS that is saved. Runs on other data or "
        "other horizons have scores of their own scale. Press a heading to sort.",
        pt_br="As notas são as da rede na parte de teste de um só ajuste. CRPS e MASE menores são "
        "melhores; ganhos são a parcela poupada do CRPS da referência. Execuções com outros dados "
        "ou horizontes têm notas em outra escala. Clique em um título para ordenar.",
    ),
}

_RUN: dict[str, Text] = {
    "runs_test_part": Text(en="What it is worth", pt_br="Quanto vale"),
    "runs_about": Text(
        en="{symbols}, {horizon} sessions ahead, made {made}",
        pt_br="{symbols}, {horizon} pregões à frente, criada em {made}",
    ),
    "runs_more_symbols": Text(en="and {count} more", pt_br="e mais {count}"),
    "runs_report": Text(en="Download the full report", pt_br="Baixar o relatório completo"),
    "runs_report_note": Text(
        en="One HTML file of a few megabytes that needs nothing else; making it takes some "
        "seconds.",
        pt_br="Um arquivo HTML de alguns megabytes que não precisa de mais nada; fazê-lo leva "
        "alguns segundos.",
    ),
    "runs_in_words": Text(en="In plain words", pt_br="Em palavras simples"),
    "runs_ranking": Text(en="Ranking", pt_br="Classificação"),
    "runs_ranking_note": Text(
        en="Networks beside every baseline, ordered by validation CRPS so that the test part has "
        "no say in the order; all other scores are of the test part. Press a heading to sort.",
        pt_br="Redes ao lado de todas as referências, em ordem de CRPS de validação para que a "
        "parte de teste não decida a ordem; as demais notas são da parte de teste. Clique em um "
        "título para ordenar.",
    ),
    "runs_walked_note": Text(
        en="The verdict above rests on several folds; this table is of a single fit.",
        pt_br="O veredito acima se baseia em vários ajustes sucessivos; esta tabela é de um só.",
    ),
    "runs_ranking_label": Text(
        en="CRPS saved against the random walk, by forecaster",
        pt_br="CRPS poupado em relação ao passeio aleatório, por previsor",
    ),
    "runs_ranking_figure": Text(
        en="Test CRPS saved against the random walk. Zero is the naive forecast, the dotted line "
        "the baseline that was best on validation; further right is better.",
        pt_br="CRPS de teste poupado em relação ao passeio aleatório. Zero é a previsão ingênua, a "
        "linha pontilhada é a melhor referência na validação; mais à direita é melhor.",
    ),
    "runs_rank": Text(en="Rank", pt_br="Posição"),
    "runs_name": Text(en="Name", pt_br="Nome"),
    "runs_parameters": Text(en="Parameters", pt_br="Parâmetros"),
    "runs_validation_crps": Text(en="Validation CRPS", pt_br="CRPS de validação"),
    "runs_dm_p": Text(en="DM p", pt_br="p de DM"),
    "runs_mae": Text(en="MAE", pt_br="MAE"),
    "runs_seconds": Text(en="Seconds", pt_br="Segundos"),
    "runs_baseline": Text(en="baseline", pt_br="referência"),
    "runs_mark_champion": Text(en="champion", pt_br="campeã"),
    "runs_mark_candidate": Text(en="candidate", pt_br="candidata"),
    "runs_mark_asked_for": Text(en="asked for", pt_br="pedida"),
    "runs_mark_best_network": Text(en="best network", pt_br="melhor rede"),
    "runs_learning": Text(en="Learning", pt_br="Aprendizado"),
    "runs_learning_label": Text(
        en="Training and validation loss by epoch", pt_br="Perda de treino e validação por época"
    ),
    "runs_learning_note": Text(
        en="Epoch 0 is the untrained network. The best epoch on validation is kept; where that is "
        "epoch 0, nothing was learned.",
        pt_br="A época 0 é a rede sem treino. A melhor época na validação é mantida; se for a 0, "
        "nada foi aprendido.",
    ),
    "runs_learner": Text(en="Curves of", pt_br="Curvas de"),
    "runs_ranges": Text(en="Are the ranges honest?", pt_br="As faixas são honestas?"),
    "runs_pit_label": Text(
        en="Where outcomes fell in the forecast distribution",
        pt_br="Onde os resultados caíram na distribuição prevista",
    ),
    "runs_pit_note": Text(
        en="Level bars are honest ranges; a hill says they were too wide, a valley too narrow. The "
        "line is the random walk's.",
        pt_br="Barras niveladas são faixas honestas; um morro diz que eram largas demais, um vale, "
        "estreitas demais. A linha é a do passeio aleatório.",
    ),
    "runs_findings": Text(en="Findings", pt_br="Achados"),
    "runs_no_findings": Text(en="Nothing to report.", pt_br="Nada a relatar."),
    "runs_experiment": Text(en="Experiment", pt_br="Experimento"),
    "runs_changed": Text(
        en="{count} settings differ from the default.",
        pt_br="{count} configurações diferem do padrão.",
    ),
    "runs_members": Text(
        en="It averages {count} networks; the settings are those of the best one.",
        pt_br="Ela faz a média de {count} redes; as configurações são as da melhor.",
    ),
    "runs_all_settings": Text(en="All settings", pt_br="Todas as configurações"),
    "runs_setting": Text(en="Setting", pt_br="Configuração"),
    "runs_value": Text(en="Value", pt_br="Valor"),
    "runs_default": Text(en="Default", pt_br="Padrão"),
    "runs_toml": Text(
        en="As a file for pregao train --experiment",
        pt_br="Como arquivo para pregao train --experiment",
    ),
    "runs_provenance": Text(en="Made from", pt_br="Feita de"),
    "runs_data_caption": Text(
        en="Prices that were used; a digest changes with any bar of them.",
        pt_br="Preços que foram usados; um resumo muda com qualquer barra deles.",
    ),
    "runs_provider": Text(en="Provider", pt_br="Fonte"),
    "runs_sessions": Text(en="Sessions", pt_br="Pregões"),
    "runs_first": Text(en="First", pt_br="Primeiro"),
    "runs_last": Text(en="Last", pt_br="Último"),
    "runs_digest": Text(en="Digest", pt_br="Resumo"),
    "runs_windows": Text(
        en="Windows: training, validation, test", pt_br="Janelas: treino, validação, teste"
    ),
    "runs_seed": Text(en="Seed", pt_br="Semente"),
    "runs_software": Text(en="Software", pt_br="Software"),
    "runs_machine": Text(en="Machine", pt_br="Máquina"),
    "runs_plugins": Text(en="Plug-ins", pt_br="Plug-ins"),
    "runs_overridden": Text(
        en="Trained in spite of these findings", pt_br="Treinada apesar destes achados"
    ),
    "runs_files": Text(
        en="Files and their SHA-256, verified when the run is loaded",
        pt_br="Arquivos e seu SHA-256, verificado quando a execução é carregada",
    ),
    "runs_file": Text(en="File", pt_br="Arquivo"),
    "runs_registration": Text(en="For serving (ONNX)", pt_br="Para servir (ONNX)"),
    "runs_registered": Text(
        en="registered: {count} ONNX files, at most {difference} from what was trained",
        pt_br="registrada: {count} arquivos ONNX, no máximo {difference} do que foi treinado",
    ),
    "runs_registered_baseline": Text(
        en="registered: a baseline serves, which needs no ONNX",
        pt_br="registrada: serve uma referência, que não precisa de ONNX",
    ),
    "runs_not_registered": Text(
        en="not registered yet: promoting it does that first, which takes about a minute",
        pt_br="ainda não registrada: promovê-la faz isso antes, o que leva cerca de um minuto",
    ),
}

_CHAMPION: dict[str, Text] = {
    "runs_serving": Text(en="Whom it serves", pt_br="A quem serve"),
    "runs_serving_note": Text(
        en="A champion answers the forecasts of its symbol. Every change is kept, and can be "
        "undone.",
        pt_br="Uma campeã responde às previsões do seu ativo. Toda mudança fica registrada e pode "
        "ser desfeita.",
    ),
    "runs_serving_more": Text(
        en="The first {shown} of {count} symbols are shown.",
        pt_br="São mostrados os primeiros {shown} de {count} ativos.",
    ),
    "runs_sessions_ahead": Text(en="{count} sessions", pt_br="{count} pregões"),
    "runs_now": Text(en="Champion now", pt_br="Campeã agora"),
    "runs_this": Text(en="this run", pt_br="esta execução"),
    "runs_nobody": Text(en="nobody", pt_br="ninguém"),
    "runs_version": Text(en="version {version}", pt_br="versão {version}"),
    "runs_since": Text(en="since {at}", pt_br="desde {at}"),
    "runs_change": Text(en="Change", pt_br="Mudar"),
    "runs_promote": Text(en="Promote", pt_br="Promover"),
    "runs_promote_for": Text(
        en="Promote this run for {symbol}", pt_br="Promover esta execução para {symbol}"
    ),
    "runs_roll_back": Text(en="Roll back", pt_br="Reverter"),
    "runs_roll_back_for": Text(
        en="Let the champion of {symbol} before this one serve again",
        pt_br="Voltar à campeã anterior de {symbol}",
    ),
    "runs_trail": Text(
        en="Audit trail of {symbol}, {horizon} sessions",
        pt_br="Histórico de mudanças de {symbol}, {horizon} pregões",
    ),
    "runs_when": Text(en="When", pt_br="Quando"),
    "runs_did": Text(en="What", pt_br="O quê"),
    "runs_did_promote": Text(en="promoted", pt_br="promovida"),
    "runs_did_rollback": Text(en="rolled back to", pt_br="revertida para"),
    "runs_before": Text(en="Before", pt_br="Antes"),
    "runs_by": Text(en="By", pt_br="Por"),
    "runs_reason": Text(en="Reason", pt_br="Motivo"),
    "runs_no_script": Text(
        en="Promoting and rolling back need JavaScript; the API and the command line do the same.",
        pt_br="Promover e reverter precisam de JavaScript; a API e a linha de comando também o "
        "fazem.",
    ),
    "js_runs_promote_title": Text(
        en="Promote for {symbol}, {horizon} sessions?",
        pt_br="Promover para {symbol}, {horizon} pregões?",
    ),
    "js_runs_promote_replaces": Text(
        en="{run} takes the place of {champion}.", pt_br="{run} toma o lugar de {champion}."
    ),
    "js_runs_promote_first": Text(
        en="{run} becomes the first champion.", pt_br="{run} se torna a primeira campeã."
    ),
    "js_runs_promote_slow": Text(
        en="It is exported and proven first, which takes about a minute.",
        pt_br="Antes ela é exportada e conferida, o que leva cerca de um minuto.",
    ),
    "js_runs_roll_back_title": Text(
        en="Roll back {symbol}, {horizon} sessions?",
        pt_br="Reverter {symbol}, {horizon} pregões?",
    ),
    "js_runs_roll_back_help": Text(
        en="{champion} gives its place back to the champion before it.",
        pt_br="{champion} devolve o lugar à campeã anterior.",
    ),
    "js_runs_reason": Text(
        en="Reason, kept in the audit trail", pt_br="Motivo, guardado no histórico"
    ),
    "js_runs_promote": Text(en="Promote", pt_br="Promover"),
    "js_runs_roll_back": Text(en="Roll back", pt_br="Reverter"),
    "js_runs_stale": Text(
        en="Somebody else changed this champion after this page was opened, so nothing was done. "
        "Look at the present champion, then decide again.",
        pt_br="Alguém mudou esta campeã depois que esta página foi aberta, e por isso nada foi "
        "feito. Veja a campeã atual e decida de novo.",
    ),
    "js_runs_reload": Text(en="Load the page again", pt_br="Recarregar a página"),
    "js_runs_chosen": Text(en="{count} chosen", pt_br="{count} marcadas"),
    "js_runs_matching": Text(
        en="{count} of {total} runs match", pt_br="{count} de {total} execuções correspondem"
    ),
}

_COMPARE: dict[str, Text] = {
    "runs_compare_title": Text(en="Runs side by side", pt_br="Execuções lado a lado"),
    "runs_back": Text(en="Back to the list", pt_br="Voltar à lista"),
    "runs_doubts": Text(
        en="These scores cannot be compared", pt_br="Estas notas não podem ser comparadas"
    ),
    "runs_doubt_symbols": Text(
        en="The runs are of different symbols.", pt_br="As execuções são de ativos diferentes."
    ),
    "runs_doubt_data": Text(
        en="The prices they were made from are not the same: their digests differ.",
        pt_br="Os preços de que foram feitas não são os mesmos: os resumos diferem.",
    ),
    "runs_doubt_horizon": Text(
        en="They look ahead different numbers of sessions.",
        pt_br="Elas olham números diferentes de pregões à frente.",
    ),
    "runs_doubt_windows": Text(
        en="Their test parts begin, end or count differently: they were scored on other windows.",
        pt_br="As partes de teste começam, terminam ou contam de modo diferente: foram avaliadas "
        "em outras janelas.",
    ),
    "runs_doubts_do": Text(
        en="So no score is marked as the best. Skills compare each run with baselines on its own "
        "windows, and say more here than the rest.",
        pt_br="Por isso nenhuma nota é marcada como a melhor. Os ganhos comparam cada execução com "
        "referências nas próprias janelas, e aqui dizem mais que o resto.",
    ),
    "runs_same_windows": Text(
        en="All were scored on the same windows of the same prices. The best of each line is "
        "marked; small differences may be luck.",
        pt_br="Todas foram avaliadas nas mesmas janelas dos mesmos preços. A melhor de cada linha "
        "está marcada; diferenças pequenas podem ser sorte.",
    ),
    "runs_scores": Text(en="Scores on the test part", pt_br="Notas na parte de teste"),
    "runs_score": Text(en="Score", pt_br="Nota"),
    "runs_best": Text(en="best", pt_br="melhor"),
    "runs_score_crps": Text(en="CRPS", pt_br="CRPS"),
    "runs_score_naive_crps": Text(en="CRPS of the random walk", pt_br="CRPS do passeio aleatório"),
    "runs_score_best_crps": Text(en="CRPS of the best baseline", pt_br="CRPS da melhor referência"),
    "runs_score_skill_best": Text(en="Skill vs best baseline", pt_br="Ganho vs melhor referência"),
    "runs_score_skill_naive": Text(en="Skill vs random walk", pt_br="Ganho vs passeio aleatório"),
    "runs_score_mase": Text(en="MASE", pt_br="MASE"),
    "runs_score_mae": Text(en="MAE", pt_br="MAE"),
    "runs_score_coverage_90": Text(
        en="Coverage of the 90 % range", pt_br="Cobertura da faixa de 90 %"
    ),
    "runs_score_edge": Text(en="Edge", pt_br="Vantagem"),
    "runs_score_parameters": Text(en="Parameters", pt_br="Parâmetros"),
    "runs_score_seconds": Text(en="Seconds of training", pt_br="Segundos de treinamento"),
    "runs_differences": Text(en="Settings that differ", pt_br="Configurações que diferem"),
    "runs_no_differences": Text(
        en="The experiments are the same in every setting.",
        pt_br="Os experimentos são iguais em todas as configurações.",
    ),
    "runs_curves": Text(en="How they learnt", pt_br="Como aprenderam"),
    "runs_curves_label": Text(
        en="Validation loss of each run by epoch",
        pt_br="Perda de validação de cada execução por época",
    ),
    "runs_curves_note": Text(
        en="The dot is the epoch that was kept. Epoch 0 is the untrained network.",
        pt_br="O ponto é a época mantida. A época 0 é a rede sem treino.",
    ),
    "runs_curves_differ": Text(
        en="The losses are not of the same windows or not of the same kind: compare shapes, not "
        "heights.",
        pt_br="As perdas não são das mesmas janelas ou não são do mesmo tipo: compare formas, não "
        "alturas.",
    ),
}

RUNS: dict[str, Text] = {**_LIST, **_RUN, **_CHAMPION, **_COMPARE}
