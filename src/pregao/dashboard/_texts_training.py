"""Texts of the pages of trainings and jobs by key."""

from pregao.dashboard._texts_common import COMMON
from pregao.jobs import JOB_KINDS
from pregao.presentation import TEXTS
from pregao.values import Text

_OF_REPORTS = (
    "ranking", "ranking_figure_note", "learning", "learning_note", "show_network", "searched",
    "findings",
)  # fmt: skip
_STATES = ("queued", "running", "succeeded", "failed", "cancelled", "dead")

TRAINING: dict[str, Text] = {
    **{f"training_{key}": Text(en=TEXTS["en"][key], pt_br=TEXTS["pt"][key]) for key in _OF_REPORTS},
    **{f"js_training_state_{state}": COMMON[f"state_{state}"] for state in _STATES},
    "training_title": Text(en="Train networks", pt_br="Treinar redes"),
    "training_lead": Text(
        en="One network or the whole zoo: every result is judged beside the baselines, on sessions "
        "that nobody has seen.",
        pt_br="Uma rede ou o zoológico inteiro: todo resultado é avaliado ao lado das referências, "
        "em pregões que ninguém viu.",
    ),
    "training_sample_title": Text(
        en="Everything is filled in for a first try",
        pt_br="Tudo está preenchido para a primeira tentativa",
    ),
    "training_sample_lead": Text(
        en="A small network learns from twenty years of the S&P 500 that are already here. It "
        "takes about a minute, and there is nothing to change below.",
        pt_br="Uma rede pequena aprende com vinte anos do S&P 500 que já estão aqui. Leva cerca de "
        "um minuto, e não há nada a mudar abaixo.",
    ),
    "training_own_title": Text(en="Or as you like it", pt_br="Ou do seu jeito"),
    "training_start": Text(en="Start the training", pt_br="Iniciar o treinamento"),
    "training_mode": Text(en="What is trained", pt_br="O que treinar"),
    "training_mode_train": Text(en="One network", pt_br="Uma rede"),
    "training_mode_train_help": Text(
        en="Trained with the settings below.", pt_br="Treinada com as opções abaixo."
    ),
    "training_mode_fast": Text(en="Fast sweep", pt_br="Varredura rápida"),
    "training_mode_fast_help": Text(
        en="Many networks, one epoch each: a first look.",
        pt_br="Muitas redes, uma época cada: um primeiro olhar.",
    ),
    "training_mode_full": Text(en="Full sweep", pt_br="Varredura completa"),
    "training_mode_full_help": Text(
        en="Many networks, each with all epochs, ranked.",
        pt_br="Muitas redes, cada uma com todas as épocas, classificadas.",
    ),
    "training_mode_search": Text(en="Optimised search", pt_br="Busca otimizada"),
    "training_mode_search_help": Text(
        en="Tries settings and keeps the best of each network.",
        pt_br="Experimenta opções e guarda as melhores de cada rede.",
    ),
    "training_recipe": Text(en="Recipe", pt_br="Receita"),
    "training_recipe_help": Text(
        en="Fills in the form; what you changed yourself stays.",
        pt_br="Preenche o formulário; o que você mudou fica.",
    ),
    "training_recipe_none": Text(
        en="none: my own experiment", pt_br="nenhuma: experimento próprio"
    ),
    "training_recipe_network": Text(en="the recipe's own", pt_br="a da própria receita"),
    "training_group_basic": Text(en="Experiment", pt_br="Experimento"),
    "training_group_data": Text(en="Data and parts", pt_br="Dados e partes"),
    "training_group_network": Text(en="Network", pt_br="Rede"),
    "training_group_fitting": Text(en="Loss and optimiser", pt_br="Perda e otimizador"),
    "training_group_ensemble": Text(en="Ensemble", pt_br="Conjunto"),
    "training_group_actions": Text(en="Actions", pt_br="Ações"),
    "training_group_searched": Text(en="Search", pt_br="Busca"),
    "training_group_ranked": Text(en="Ranking", pt_br="Classificação"),
    "training_more": Text(en="More settings", pt_br="Mais opções"),
    "training_sets": Text(en="Choose a set:", pt_br="Escolher um grupo:"),
    "training_networks": Text(en="Networks", pt_br="Redes"),
    "training_networks_of": Text(en="Searched are", pt_br="A busca é sobre"),
    "training_networks_own": Text(en="the network chosen above", pt_br="a rede escolhida acima"),
    "training_networks_chosen": Text(en="those checked below", pt_br="as marcadas abaixo"),
    "training_networks_of_help": Text(
        en="Each network has all its trials: many networks take long.",
        pt_br="Cada rede tem todas as suas tentativas: muitas redes demoram.",
    ),
    "training_all": Text(en="All", pt_br="Todas"),
    "training_no_networks": Text(en="None", pt_br="Nenhuma"),
    "training_all_of": Text(en="All of {category}", pt_br="Todas de {category}"),
    "training_none_of": Text(en="None of {category}", pt_br="Nenhuma de {category}"),
    "training_parameters_short": Text(en="{count} parameters", pt_br="{count} parâmetros"),
    "training_space": Text(en="What is varied", pt_br="O que varia"),
    "training_space_help": Text(
        en="Values with spaces between them, decimals with a point; a field left empty stays as it "
        "is set above.",
        pt_br="Valores separados por espaços, decimais com ponto; um campo vazio fica como está "
        "acima.",
    ),
    "training_afterwards": Text(en="Afterwards", pt_br="Depois"),
    "training_preview": Text(en="The request as JSON", pt_br="A requisição em JSON"),
    "training_preview_help": Text(
        en="Only what differs from the defaults or the recipe is sent.",
        pt_br="Só é enviado o que difere dos padrões ou da receita.",
    ),
    "training_script": Text(
        en="Starting a training needs JavaScript; 'pregao train' and the API do without.",
        pt_br="Iniciar um treinamento precisa de JavaScript; 'pregao train' e a API não.",
    ),
    "training_jobs": Text(en="Last jobs", pt_br="Últimos trabalhos"),
    "training_jobs_none": Text(
        en="Nothing has been asked for yet.", pt_br="Nada foi pedido ainda."
    ),
    "training_progress": Text(en="Progress", pt_br="Andamento"),
    "training_created": Text(en="Asked for", pt_br="Pedido em"),
    "training_num_networks": Text(en="{count} networks", pt_br="{count} redes"),
    "training_more_symbols": Text(en="and {count} more", pt_br="e mais {count}"),
    "training_done_of": Text(en="{done} of {total}", pt_br="{done} de {total}"),
    **{f"training_title_{each.name}": each.heading for each in JOB_KINDS.values()},
    "training_took": Text(en="took {time}", pt_br="levou {time}"),
    "training_job_started": Text(en="Time taken", pt_br="Tempo decorrido"),
    "training_job_left": Text(en="Time left", pt_br="Tempo restante"),
    "training_job_done": Text(en="Done", pt_br="Feito"),
    "training_job_attempt": Text(en="attempt {count}", pt_br="tentativa {count}"),
    "training_job_log": Text(en="What it said", pt_br="O que disse"),
    "training_job_log_note": Text(en="Times are UTC.", pt_br="Horários em UTC."),
    "training_job_reload": Text(
        en="This page follows the job by itself.", pt_br="Esta página acompanha o trabalho sozinha."
    ),
    "training_cancel": Text(en="Cancel the job", pt_br="Cancelar o trabalho"),
    "training_cancelling": Text(en="Stopping ...", pt_br="Parando ..."),
    "training_retry": Text(en="Try again", pt_br="Tentar de novo"),
    "training_again": Text(en="Start another", pt_br="Iniciar outro"),
    "training_failed": Text(en="It did not come to an end", pt_br="Não chegou ao fim"),
    "training_last_lines": Text(en="Its last lines", pt_br="Suas últimas linhas"),
    "training_cancelled": Text(
        en="It was cancelled; nothing of it is served.",
        pt_br="Foi cancelado; nada dele está em serviço.",
    ),
    "training_gone": Text(
        en="The run that it made was deleted since.", pt_br="A execução que ele fez foi apagada."
    ),
    "training_request": Text(en="What was asked for", pt_br="O que foi pedido"),
    "training_verdict": Text(en="Verdict", pt_br="Veredito"),
    "training_open": Text(en="Open the forecast", pt_br="Abrir a previsão"),
    "training_open_of": Text(en="Forecast of {symbol}", pt_br="Previsão de {symbol}"),
    "training_prices_of": Text(en="Prices of {symbol}", pt_br="Preços de {symbol}"),
    "training_not_promoted": Text(
        en="It was not put into service: the forecast shows whoever serves now.",
        pt_br="Não foi posto em serviço: a previsão mostra quem atende agora.",
    ),
    "training_run": Text(en="The run", pt_br="A execução"),
    "training_download": Text(en="Download the report", pt_br="Baixar o relatório"),
    "training_skill_figure": Text(
        en="Skill against the naive forecast", pt_br="Ganho sobre a previsão ingênua"
    ),
    "training_findings_none": Text(en="Nothing to report.", pt_br="Nada a relatar."),
    "js_training_networks_none": Text(
        en="Choose at least one network.", pt_br="Escolha ao menos uma rede."
    ),
    "js_training_symbols_none": Text(
        en="Name at least one symbol.", pt_br="Informe ao menos um ativo."
    ),
    "js_training_num_chosen": Text(en="{count} chosen", pt_br="{count} escolhidas"),
    "js_training_combinations": Text(
        en="{count} combinations in all.", pt_br="{count} combinações ao todo."
    ),
    "js_training_cancel_title": Text(en="Cancel this job?", pt_br="Cancelar este trabalho?"),
    "js_training_cancel_help": Text(
        en="What it has done so far is not kept as a run.",
        pt_br="O que ele fez até aqui não é guardado como execução.",
    ),
    "js_training_cancel_do": Text(en="Cancel the job", pt_br="Cancelar o trabalho"),
    "js_training_cancelling": Text(en="Stopping ...", pt_br="Parando ..."),
    "js_training_done_of": Text(en="{done} of {total}", pt_br="{done} de {total}"),
    "js_training_almost": Text(en="a moment", pt_br="um instante"),
    "js_training_unknown": Text(en="not known yet", pt_br="ainda não se sabe"),
}
