"""Texts of the page on which one builds a network, by key."""

from pregao.values import Text

NETWORK: dict[str, Text] = {
    "network_title": Text(en="A network of your own", pt_br="Uma rede só sua"),
    "network_lead": Text(
        en="Put layers together, see what they cost as you go, and train the result beside the "
        "naive forecast.",
        pt_br="Junte camadas, veja quanto custam a cada passo e treine o resultado ao lado da "
        "previsão ingênua.",
    ),
    "network_start": Text(en="Start from", pt_br="Começar de"),
    "network_start_help": Text(
        en="Any network of the zoo, or nothing.", pt_br="Qualquer rede do zoo, ou nada."
    ),
    "network_empty": Text(en="an empty stack", pt_br="uma pilha vazia"),
    "network_category_lstm": Text(en="LSTM", pt_br="LSTM"),
    "network_category_gru": Text(en="GRU", pt_br="GRU"),
    "network_category_bidirectional": Text(en="Bidirectional", pt_br="Bidirecionais"),
    "network_category_stacked": Text(en="Stacked", pt_br="Empilhadas"),
    "network_category_residual": Text(en="Residual", pt_br="Residuais"),
    "network_category_attention": Text(en="Attention and mixed", pt_br="Atenção e mistas"),
    "network_category_beyond": Text(en="Beyond the thirty", pt_br="Além das trinta"),
    "network_category_plugin": Text(en="Of plug-ins", pt_br="De plug-ins"),
    "network_lookback": Text(en="Lookback, in sessions", pt_br="Janela, em pregões"),
    "network_lookback_help": Text(
        en="How far back a window reads.", pt_br="Até onde uma janela lê para trás."
    ),
    "network_horizon": Text(en="Horizon, in sessions", pt_br="Horizonte, em pregões"),
    "network_horizon_help": Text(
        en="How far ahead it forecasts.", pt_br="Até onde a previsão alcança."
    ),
    "network_features": Text(en="Inputs of each session", pt_br="Entradas de cada pregão"),
    "network_features_help": Text(
        en="A set of features, with their number.",
        pt_br="Um conjunto de características e quantas são.",
    ),
    "network_set_scale_free": Text(en="free of scale", pt_br="sem escala"),
    "network_set_close": Text(en="the close alone", pt_br="só o fechamento"),
    "network_set_technical": Text(en="technical indicators", pt_br="indicadores técnicos"),
    "network_layers": Text(en="Layers", pt_br="Camadas"),
    "network_drawing": Text(en="What a window passes through", pt_br="Por onde uma janela passa"),
    "network_parameters": Text(en="parameters", pt_br="parâmetros"),
    "network_name": Text(en="Network", pt_br="Rede"),
    "network_parts": Text(en="Part by part", pt_br="Parte por parte"),
    "network_part": Text(en="Part", pt_br="Parte"),
    "network_width": Text(en="Width", pt_br="Largura"),
    "network_share": Text(en="Share", pt_br="Fração"),
    "network_total": Text(en="Total", pt_br="Total"),
    "network_json": Text(en="As JSON", pt_br="Em JSON"),
    "network_json_help": Text(
        en="The same network. Change it here or above: each follows the other.",
        pt_br="A mesma rede. Altere aqui ou acima: um lado acompanha o outro.",
    ),
    "network_json_label": Text(en="Specification", pt_br="Especificação"),
    "network_copy": Text(en="Copy", pt_br="Copiar"),
    "network_train": Text(en="Train it", pt_br="Treinar"),
    "network_train_lead": Text(
        en="The run is measured beside every baseline on sessions that it has not seen.",
        pt_br="A execução é medida ao lado de todas as referências em pregões que ela não viu.",
    ),
    "network_source": Text(en="Prices from", pt_br="Preços de"),
    "network_source_sample": Text(en="the bundled sample", pt_br="a amostra incluída"),
    "network_source_live": Text(en="providers on the network", pt_br="provedores na rede"),
    "network_source_store": Text(en="what was fetched before", pt_br="o que já foi baixado"),
    "network_epochs": Text(en="Epochs at most", pt_br="Épocas, no máximo"),
    "network_begin": Text(en="Start the training", pt_br="Iniciar o treinamento"),
    "network_try": Text(
        en="Try a trained network on your own prices",
        pt_br="Experimentar uma rede treinada com seus próprios preços",
    ),
    "network_try_lead": Text(
        en="Choose a run, give it prices, and see the range that it forecasts. Nothing is kept.",
        pt_br="Escolha uma execução, dê os preços e veja a faixa que ela prevê. Nada é guardado.",
    ),
    "js_network_kind_stack": Text(en="Stack of layers", pt_br="Pilha de camadas"),
    "js_network_kind_recurrent": Text(en="Recurrent", pt_br="Recorrente"),
    "js_network_kind_convolution": Text(en="Convolution", pt_br="Convolução"),
    "js_network_kind_self_attention": Text(en="Self-attention", pt_br="Autoatenção"),
    "js_network_kind_per_step": Text(en="Dense at every step", pt_br="Densa a cada passo"),
    "js_network_kind_parallel": Text(en="Parallel branches", pt_br="Ramos paralelos"),
    "js_network_kind_dlinear": Text(en="DLinear", pt_br="DLinear"),
    "js_network_kind_nhits": Text(en="N-HiTS", pt_br="N-HiTS"),
    "js_network_kind_patch_transformer": Text(
        en="Patch transformer", pt_br="Transformer de retalhos"
    ),
    "js_network_kind_plugin": Text(en="Of a plug-in", pt_br="De um plug-in"),
    "js_network_kind_pool": Text(en="Pool over time", pt_br="Resumo no tempo"),
    "js_network_kind_dense": Text(en="Dense", pt_br="Densa"),
    "js_network_kind_output": Text(en="Output layer", pt_br="Camada de saída"),
    "js_network_kind_quantiles": Text(en="Quantiles", pt_br="Quantis"),
    "js_network_kind_input": Text(en="Input window", pt_br="Janela de entrada"),
    "js_network_help_stack": Text(
        en="Layers over the window, a pool over time, and dense layers after it.",
        pt_br="Camadas sobre a janela, um resumo no tempo e camadas densas depois.",
    ),
    "js_network_help_recurrent": Text(
        en="Reads the window step by step and remembers.",
        pt_br="Lê a janela passo a passo e guarda memória.",
    ),
    "js_network_help_convolution": Text(
        en="Looks for short patterns; no step sees a later one.",
        pt_br="Procura padrões curtos; nenhum passo vê um posterior.",
    ),
    "js_network_help_self_attention": Text(
        en="Every step looks back at all before it. As wide as its input, which the heads must "
        "divide.",
        pt_br="Cada passo olha para todos os anteriores. Tem a largura da entrada, que as cabeças "
        "precisam dividir.",
    ),
    "js_network_help_per_step": Text(
        en="The same dense layer at every step.", pt_br="A mesma camada densa em cada passo."
    ),
    "js_network_help_parallel": Text(
        en="Branches that read the same input; what they give stands side by side.",
        pt_br="Ramos que leem a mesma entrada; o que produzem fica lado a lado.",
    ),
    "js_network_help_dlinear": Text(
        en="Linear in the window's trend and in what remains of it.",
        pt_br="Linear na tendência da janela e no que sobra dela.",
    ),
    "js_network_help_nhits": Text(
        en="Dense blocks that read the window at several rates, coarse before fine.",
        pt_br="Blocos densos que leem a janela em várias taxas, da grossa à fina.",
    ),
    "js_network_help_patch_transformer": Text(
        en="A transformer whose tokens are overlapping pieces of the window.",
        pt_br="Um transformer cujos tokens são pedaços sobrepostos da janela.",
    ),
    "js_network_help_plugin": Text(
        en="Made by another package; its parameters are JSON.",
        pt_br="Vem de outro pacote; seus parâmetros são JSON.",
    ),
    "js_network_field_cell": Text(en="Cell", pt_br="Célula"),
    "js_network_field_width": Text(en="Width", pt_br="Largura"),
    "js_network_field_bidirectional": Text(en="Both ways", pt_br="Nos dois sentidos"),
    "js_network_field_norm": Text(en="Normalised by", pt_br="Normalizada por"),
    "js_network_field_skip": Text(en="Way around", pt_br="Atalho"),
    "js_network_field_kernel": Text(en="Kernel", pt_br="Núcleo"),
    "js_network_field_dilation": Text(en="Dilation", pt_br="Dilatação"),
    "js_network_field_heads": Text(en="Heads", pt_br="Cabeças"),
    "js_network_field_branches": Text(en="Branches", pt_br="Ramos"),
    "js_network_field_layers": Text(en="Layers", pt_br="Camadas"),
    "js_network_field_pool": Text(en="Pool over time", pt_br="Resumo no tempo"),
    "js_network_field_head": Text(en="Dense head: widths", pt_br="Cabeça densa: larguras"),
    "js_network_field_head_skip": Text(en="Way around in the head", pt_br="Atalho na cabeça"),
    "js_network_field_trend_sessions": Text(en="Trend, in sessions", pt_br="Tendência, em pregões"),
    "js_network_field_rates": Text(en="Rates of the blocks", pt_br="Taxas dos blocos"),
    "js_network_field_hidden": Text(
        en="Dense layers of a block: widths", pt_br="Camadas densas de um bloco: larguras"
    ),
    "js_network_field_patch_sessions": Text(en="Patch, in sessions", pt_br="Retalho, em pregões"),
    "js_network_field_stride_sessions": Text(en="Stride, in sessions", pt_br="Passo, em pregões"),
    "js_network_field_depth": Text(en="Depth", pt_br="Profundidade"),
    "js_network_field_feed_forward": Text(
        en="Width of the feed-forward layer", pt_br="Largura da camada interna"
    ),
    "js_network_field_name": Text(en="Name", pt_br="Nome"),
    "js_network_field_parameters": Text(en="Parameters, as JSON", pt_br="Parâmetros, em JSON"),
    "js_network_choice_rnn": Text(en="plain RNN", pt_br="RNN simples"),
    "js_network_choice_gru": Text(en="GRU", pt_br="GRU"),
    "js_network_choice_lstm": Text(en="LSTM", pt_br="LSTM"),
    "js_network_choice_none": Text(en="none", pt_br="nenhum"),
    "js_network_choice_layer": Text(en="layer", pt_br="camada"),
    "js_network_choice_batch": Text(en="batch", pt_br="lote"),
    "js_network_choice_residual": Text(en="residual", pt_br="residual"),
    "js_network_choice_highway": Text(en="highway", pt_br="highway"),
    "js_network_choice_dense": Text(en="dense", pt_br="denso"),
    "js_network_choice_last": Text(en="the last step", pt_br="o último passo"),
    "js_network_choice_mean": Text(en="the mean", pt_br="a média"),
    "js_network_choice_attention": Text(en="learned attention", pt_br="atenção aprendida"),
    "js_network_comma": Text(
        en="Numbers with commas between them.", pt_br="Números separados por vírgulas."
    ),
    "js_network_add": Text(en="Add:", pt_br="Acrescentar:"),
    "js_network_add_branch": Text(en="Add a branch", pt_br="Acrescentar um ramo"),
    "js_network_copy_layer": Text(en="Duplicate", pt_br="Duplicar"),
    "js_network_remove_layer": Text(en="Remove", pt_br="Remover"),
    "js_network_branch": Text(en="Branch {number}", pt_br="Ramo {number}"),
    "js_network_remove_branch": Text(en="Remove branch {number}", pt_br="Remover o ramo {number}"),
    "js_network_do_up": Text(en="Move {layer} up", pt_br="Subir {layer}"),
    "js_network_do_down": Text(en="Move {layer} down", pt_br="Descer {layer}"),
    "js_network_do_copy": Text(en="Duplicate {layer}", pt_br="Duplicar {layer}"),
    "js_network_do_remove": Text(en="Remove {layer}", pt_br="Remover {layer}"),
    "js_network_no_kind": Text(
        en="This is of no kind that there is: change it as JSON.",
        pt_br="Isto não é de nenhum tipo que exista: altere como JSON.",
    ),
    "js_network_no_json": Text(en="This is no JSON: {reason}", pt_br="Isto não é JSON: {reason}"),
    "js_network_too_deep": Text(en="nested too deeply", pt_br="aninhado demais"),
    "js_network_size": Text(
        en="{width} wide, {parameters} parameters",
        pt_br="{width} de largura, {parameters} parâmetros",
    ),
    "js_network_size_output": Text(
        en="{width} numbers, {parameters} parameters",
        pt_br="{width} números, {parameters} parâmetros",
    ),
    "js_network_size_quantiles": Text(
        en="{sessions} sessions, {levels} quantiles each, {parameters} parameters",
        pt_br="{sessions} pregões, {levels} quantis cada, {parameters} parâmetros",
    ),
    "js_network_size_input": Text(
        en="{sessions} sessions, {features} inputs each",
        pt_br="{sessions} pregões, {features} entradas cada",
    ),
    "js_network_custom": Text(en="your own", pt_br="sua"),
    "js_network_copied": Text(en="Copied", pt_br="Copiado"),
    "js_network_replace": Text(en="Replace your network?", pt_br="Substituir sua rede?"),
    "js_network_replace_help": Text(
        en="What you changed since you last started from one is lost.",
        pt_br="O que você alterou desde o último começo se perde.",
    ),
}
