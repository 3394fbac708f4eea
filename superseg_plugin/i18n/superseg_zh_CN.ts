<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en_US">
  <context>
    <name>SuperSeg</name>
    <message>
      <source>a few seconds</source>
      <translation>几秒钟</translation>
    </message>
    <message>
      <source>about {} s</source>
      <translation>约 {} 秒</translation>
    </message>
    <message>
      <source>about {} min</source>
      <translation>约 {} 分钟</translation>
    </message>
    <message>
      <source>about {} h</source>
      <translation>约 {} 小时</translation>
    </message>
    <message>
      <source>{} million</source>
      <translation>{} 百万</translation>
    </message>
    <message>
      <source>1 pixel</source>
      <translation>1 像素</translation>
    </message>
    <message>
      <source>{} pixels</source>
      <translation>{} 像素</translation>
    </message>
    <message>
      <source>1 tile</source>
      <translation>1 个瓦片</translation>
    </message>
    <message>
      <source>{} tiles</source>
      <translation>{} 个瓦片</translation>
    </message>
    <message>
      <source>1 superpixel</source>
      <translation>1 个超像素</translation>
    </message>
    <message>
      <source>{} superpixels</source>
      <translation>{} 个超像素</translation>
    </message>
    <message>
      <source>{side} x {side} pixels</source>
      <translation>{side} x {side} 像素</translation>
    </message>
    <message>
      <source>{meters} m ({shape})</source>
      <translation>{meters} 米（{shape}）</translation>
    </message>
    <message>
      <source>{time} on {device}, {memory} GB of memory: {pixels} in {tiles}, about {superpixels}; smallest superpixels {smallest}</source>
      <translation>{device} 上{time}，内存 {memory} GB：{pixels}，{tiles}，约 {superpixels}；最小超像素 {smallest}</translation>
    </message>
    <message>
      <source>Any</source>
      <translation>任意</translation>
    </message>
    <message>
      <source>Drone, pixels of a few centimeters</source>
      <translation>无人机，像素为几厘米</translation>
    </message>
    <message>
      <source>Aerial, 10 to 50 cm</source>
      <translation>航空影像，10 至 50 厘米</translation>
    </message>
    <message>
      <source>Satellite, 0.3 to 4 m</source>
      <translation>卫星影像，0.3 至 4 米</translation>
    </message>
    <message>
      <source>Sentinel-2, 10 m</source>
      <translation>Sentinel-2，10 米</translation>
    </message>
    <message>
      <source>Landsat, 30 m</source>
      <translation>Landsat，30 米</translation>
    </message>
    <message>
      <source>Balanced</source>
      <translation>均衡</translation>
    </message>
    <message>
      <source>Fast</source>
      <translation>快速</translation>
    </message>
    <message>
      <source>Published method, for comparison</source>
      <translation>已发表的方法，用于比较</translation>
    </message>
    <message>
      <source>Pixels</source>
      <translation>像素数</translation>
    </message>
    <message>
      <source>Meters and square meters</source>
      <translation>米和平方米</translation>
    </message>
    <message>
      <source>Automatic</source>
      <translation>自动</translation>
    </message>
    <message>
      <source>CPU</source>
      <translation>CPU</translation>
    </message>
    <message>
      <source>NVIDIA graphics processor (CUDA)</source>
      <translation>NVIDIA 图形处理器（CUDA）</translation>
    </message>
    <message>
      <source>Apple graphics processor (MPS)</source>
      <translation>Apple 图形处理器（MPS）</translation>
    </message>
    <message>
      <source>Recognized automatically</source>
      <translation>自动识别</translation>
    </message>
    <message>
      <source>Use the values as they are</source>
      <translation>按原值使用</translation>
    </message>
    <message>
      <source>AlphaEarth embedding, signed bytes</source>
      <translation>AlphaEarth 嵌入，有符号字节</translation>
    </message>
    <message>
      <source>Embedding: one vector a pixel</source>
      <translation>嵌入：每个像素一个向量</translation>
    </message>
    <message>
      <source>Reflectance, 0 in all bands is nodata</source>
      <translation>反射率，所有波段均为 0 的像素为无数据</translation>
    </message>
    <message>
      <source>Radar backscatter, in decibels or linear</source>
      <translation>雷达后向散射，分贝或线性值</translation>
    </message>
    <message>
      <source>Elevation or height</source>
      <translation>高程或高度</translation>
    </message>
    <message>
      <source>Felzenszwalb: follows fine detail</source>
      <translation>Felzenszwalb：保留细节</translation>
    </message>
    <message>
      <source>SLIC: compact, of similar size</source>
      <translation>SLIC：紧凑，大小相近</translation>
    </message>
    <message>
      <source>8 neighbors, with diagonals</source>
      <translation>8 邻域，含对角</translation>
    </message>
    <message>
      <source>4 neighbors</source>
      <translation>4 邻域</translation>
    </message>
    <message>
      <source>Clusters of superpixels</source>
      <translation>超像素聚类</translation>
    </message>
    <message>
      <source>Self-training (published method)</source>
      <translation>自训练（已发表的方法）</translation>
    </message>
    <message>
      <source>Light, faster</source>
      <translation>轻量，较快</translation>
    </message>
    <message>
      <source>Cross-entropy</source>
      <translation>交叉熵</translation>
    </message>
    <message>
      <source>Focal, for rare classes</source>
      <translation>Focal，适合稀有类别</translation>
    </message>
    <message>
      <source>Lovász, for overlap (IoU)</source>
      <translation>Lovász，优化重叠（IoU）</translation>
    </message>
    <message>
      <source>Patches of classes</source>
      <translation>类别的图斑</translation>
    </message>
    <message>
      <source>Superpixels</source>
      <translation>超像素</translation>
    </message>
    <message>
      <source>Network of the published method</source>
      <translation>已发表方法的网络</translation>
    </message>
    <message>
      <source>Keep all patches</source>
      <translation>保留所有图斑</translation>
    </message>
    <message>
      <source>Off</source>
      <translation>关闭</translation>
    </message>
    <message>
      <source>No file</source>
      <translation>不生成文件</translation>
    </message>
    <message>
      <source>Runtime…</source>
      <translation>运行环境…</translation>
    </message>
    <message>
      <source>Class workbench</source>
      <translation>类别工作台</translation>
    </message>
    <message>
      <source>Label accuracy points</source>
      <translation>标注精度点</translation>
    </message>
    <message>
      <source>First steps…</source>
      <translation>入门…</translation>
    </message>
    <message>
      <source>Segment an image…</source>
      <translation>分割影像…</translation>
    </message>
    <message>
      <source>One thing is missing: the runtime.</source>
      <translation>还缺一项：运行环境。</translation>
    </message>
    <message>
      <source>Segment with SuperSeg…</source>
      <translation>用 SuperSeg 分割…</translation>
    </message>
    <message>
      <source>Name the classes…</source>
      <translation>为类别命名…</translation>
    </message>
    <message>
      <source>Set up…</source>
      <translation>设置…</translation>
    </message>
    <message>
      <source>New here? Start with a sample.</source>
      <translation>初次使用？请从示例开始。</translation>
    </message>
    <message>
      <source>Nothing about the classes stands out.</source>
      <translation>各类别均无突出问题。</translation>
    </message>
    <message>
      <source>Choose a file for Model when you run Segment: there is no model beside {} yet.</source>
      <translation>运行“分割”时请为“模型”指定文件：{} 旁边还没有模型。</translation>
    </message>
    <message>
      <source>{} has failed; its log gives the reason.</source>
      <translation>{} 运行失败；原因见其日志。</translation>
    </message>
    <message>
      <source>Click on the map or image: the class there gets the chosen name and color, and is merged with others of that name. Keys 1 to 9 choose, Esc ends.</source>
      <translation>在地图或影像上单击：该处的类别将获得所选的名称和颜色，并与同名的类别合并。按 1 至 9 键选择，按 Esc 结束。</translation>
    </message>
    <message>
      <source>Scheme of names and colors</source>
      <translation>名称和颜色的分类体系</translation>
    </message>
    <message>
      <source>Name that the next click gives</source>
      <translation>下一次单击所赋予的名称</translation>
    </message>
    <message>
      <source>File…</source>
      <translation>文件…</translation>
    </message>
    <message>
      <source>Names and colors from a file (CSV)</source>
      <translation>来自文件（CSV）的名称和颜色</translation>
    </message>
    <message>
      <source>Class {} is {} now, {} % of the area. Esc ends.</source>
      <translation>类别 {} 现为 {}，占面积的 {} %。按 Esc 结束。</translation>
    </message>
    <message>
      <source>There is no class at this position.</source>
      <translation>此位置没有类别。</translation>
    </message>
    <message>
      <source>Name as {}</source>
      <translation>命名为 {}</translation>
    </message>
    <message>
      <source>Tables</source>
      <translation>表格</translation>
    </message>
    <message>
      <source>Merge the selected classes</source>
      <translation>合并所选类别</translation>
    </message>
    <message>
      <source>Separate manually merged classes</source>
      <translation>拆分手动合并的类别</translation>
    </message>
    <message>
      <source>Rename</source>
      <translation>重命名</translation>
    </message>
    <message>
      <source>Change the color</source>
      <translation>更改颜色</translation>
    </message>
    <message>
      <source>Name and color from a template; classes with the same name are merged</source>
      <translation>采用模板中的名称和颜色；同名的类别将被合并</translation>
    </message>
    <message>
      <source>Names or table</source>
      <translation>名称或表格</translation>
    </message>
    <message>
      <source>Select on the map</source>
      <translation>在地图上选择</translation>
    </message>
    <message>
      <source>Undo</source>
      <translation>撤销</translation>
    </message>
    <message>
      <source>Redo</source>
      <translation>重做</translation>
    </message>
    <message>
      <source>&amp;Name as</source>
      <translation>命名为(&amp;N)</translation>
    </message>
    <message>
      <source>Merge classes</source>
      <translation>合并类别</translation>
    </message>
    <message>
      <source>Separate classes</source>
      <translation>拆分类别</translation>
    </message>
    <message>
      <source>Color of {}</source>
      <translation>{} 的颜色</translation>
    </message>
    <message>
      <source>Table {}</source>
      <translation>表格 {}</translation>
    </message>
    <message>
      <source>{} was changed on disk by another program or run; nothing was edited. The workbench has opened it anew.</source>
      <translation>{} 已被其他程序或运行在磁盘上更改；未做任何编辑。工作台已重新打开该文件。</translation>
    </message>
    <message>
      <source>Patch {} of {}</source>
      <translation>斑块 {} / {}</translation>
    </message>
    <message>
      <source>No pixel of the layer has this class.</source>
      <translation>图层中没有像素属于此类别。</translation>
    </message>
    <message>
      <source>Keep this layer when another one is selected</source>
      <translation>选中其他图层时仍保持此图层</translation>
    </message>
    <message>
      <source>No class layer is open: segment an image, or choose a class raster above.</source>
      <translation>尚未打开类别图层：请分割一幅影像，或在上方选择一个类别栅格。</translation>
    </message>
    <message>
      <source>La&amp;yer</source>
      <translation>图层(&amp;Y)</translation>
    </message>
    <message>
      <source>Copy as a table</source>
      <translation>复制为表格</translation>
    </message>
    <message>
      <source>Copy as CSV</source>
      <translation>复制为 CSV</translation>
    </message>
    <message>
      <source>Class</source>
      <translation>类别</translation>
    </message>
    <message>
      <source>Name</source>
      <translation>名称</translation>
    </message>
    <message>
      <source>Share</source>
      <translation>占比</translation>
    </message>
    <message>
      <source>Spectrum</source>
      <translation>光谱</translation>
    </message>
    <message>
      <source>Area ({})</source>
      <translation>面积（{}）</translation>
    </message>
    <message>
      <source>Classes {}</source>
      <translation>类别 {}</translation>
    </message>
    <message>
      <source>Number of classes</source>
      <translation>类别数</translation>
    </message>
    <message>
      <source>The attribute table of {} cannot be written ({}); names and colors are kept in the project. Write merged classes saves them in a file.</source>
      <translation>无法写入 {} 的属性表（{}）；名称和颜色已保存在工程中。可用“写出合并后的类别”将其存入文件。</translation>
    </message>
    <message>
      <source>Shares</source>
      <translation>占比</translation>
    </message>
    <message>
      <source>pixels</source>
      <translation>像素</translation>
    </message>
    <message>
      <source>Separability (Jeffries-Matusita): {} of 2</source>
      <translation>可分性（Jeffries-Matusita 距离）：{}，最大为 2</translation>
    </message>
    <message>
      <source>This position cannot be transformed into the CRS of {}; choose another CRS for the project, or click closer to the layer.</source>
      <translation>该位置无法转换到 {} 的坐标参考系；请为工程选择其他坐标参考系，或在更靠近图层处单击。</translation>
    </message>
    <message>
      <source>&amp;Advice</source>
      <translation>建议(&amp;A)</translation>
    </message>
    <message>
      <source>Fewer classes: the most similar ones are merged</source>
      <translation>减少类别数：最相似的类别被合并</translation>
    </message>
    <message>
      <source>{} of {} classes; select those to compare</source>
      <translation>{}/{} 个类别；选择要比较的类别</translation>
    </message>
    <message>
      <source>All classes are merged into one.</source>
      <translation>所有类别已合并为一类。</translation>
    </message>
    <message>
      <source>C&amp;lasses</source>
      <translation>类别(&amp;L)</translation>
    </message>
    <message>
      <source>&amp;Spectra</source>
      <translation>光谱(&amp;S)</translation>
    </message>
    <message>
      <source>&amp;Tree</source>
      <translation>树(&amp;T)</translation>
    </message>
    <message>
      <source>&amp;Write merged classes…</source>
      <translation>写出合并后的类别(&amp;W)…</translation>
    </message>
    <message>
      <source>A class raster with the classes as they are shown here</source>
      <translation>与此处所示类别一致的类别栅格</translation>
    </message>
    <message>
      <source>To &amp;polygons…</source>
      <translation>转为多边形(&amp;P)…</translation>
    </message>
    <message>
      <source>Polygons of the classes as they are shown here</source>
      <translation>此处所示类别的多边形</translation>
    </message>
    <message>
      <source>&amp;Compare with reference</source>
      <translation>与参考比较(&amp;C)</translation>
    </message>
    <message>
      <source>Accuracy of the classes as they are shown here</source>
      <translation>此处所示类别的精度</translation>
    </message>
    <message>
      <source>&amp;Apply model to others…</source>
      <translation>将模型用于其他图层(&amp;A)…</translation>
    </message>
    <message>
      <source>Classify other layers with the model of these classes</source>
      <translation>用这些类别的模型对其他图层分类</translation>
    </message>
    <message>
      <source>Or compute on a Dask cluster</source>
      <translation>或者在 Dask 集群上计算</translation>
    </message>
    <message>
      <source>tls://host:8786, or the path of a scheduler file</source>
      <translation>tls://主机:8786，或调度器文件的路径</translation>
    </message>
    <message>
      <source>All runs compute on this cluster, unless their parameter CLUSTER names another one or is 'local'. An unencrypted connection to another computer needs the word 'unencrypted' after the address.</source>
      <translation>所有运行都在此集群上计算，除非其参数 CLUSTER 指定了另一个集群或为 'local'。与另一台计算机的未加密连接需要在地址后加上单词 'unencrypted'。</translation>
    </message>
    <message>
      <source>path here = path on the nodes; several separated by semicolons</source>
      <translation>本机路径 = 节点上的路径；多个用分号分隔</translation>
    </message>
    <message>
      <source>Nodes that have GDAL and see the files read and write tiles, or whole scenes of a folder, themselves. Where they see a folder under another path, write for example '/data = /mnt/data' or 'Z:\images = /srv/images'.</source>
      <translation>装有 GDAL 且能访问文件的节点会自行读写图块，或文件夹中的整幅影像。如果节点上的路径与本机不同，请写出对应关系，例如 '/data = /mnt/data' 或 'Z:\images = /srv/images'。</translation>
    </message>
    <message>
      <source>Use</source>
      <translation>使用</translation>
    </message>
    <message>
      <source>Do not use</source>
      <translation>不使用</translation>
    </message>
    <message>
      <source>Scheduler:</source>
      <translation>调度器：</translation>
    </message>
    <message>
      <source>Paths on the nodes:</source>
      <translation>节点上的路径：</translation>
    </message>
    <message>
      <source>Runs compute on this computer.</source>
      <translation>运行在这台计算机上计算。</translation>
    </message>
    <message>
      <source>Runs compute on the cluster {}.</source>
      <translation>运行在集群 {} 上计算。</translation>
    </message>
    <message>
      <source>Tree of classes; the most similar are merged first</source>
      <translation>类别树；最相似的类别先合并</translation>
    </message>
    <message>
      <source>Writing the edited classes of {}</source>
      <translation>正在写入 {} 的编辑后类别</translation>
    </message>
    <message>
      <source>The first run finds out whether another device is faster.</source>
      <translation>首次运行会查明是否有更快的设备。</translation>
    </message>
    <message>
      <source>Estimate</source>
      <translation>估计</translation>
    </message>
    <message>
      <source>Reading the image…</source>
      <translation>正在读取影像…</translation>
    </message>
    <message>
      <source>{}.</source>
      <translation>{}。</translation>
    </message>
    <message>
      <source>No estimate is available ({}).</source>
      <translation>无法估算（{}）。</translation>
    </message>
    <message>
      <source>Missing: an image, your own or the sample (Great Salt Lake).</source>
      <translation>缺少影像：您自己的影像或示例（大盐湖）。</translation>
    </message>
    <message>
      <source>Optional: the default settings are a good start.</source>
      <translation>可选：默认设置是合适的起点。</translation>
    </message>
    <message>
      <source>Missing: classes. A run takes from seconds to minutes.</source>
      <translation>缺少类别。一次运行需数秒到数分钟。</translation>
    </message>
    <message>
      <source>As a raster with your names, as polygons or as measured objects.</source>
      <translation>输出为带有您的名称的栅格、多边形或带量测值的对象。</translation>
    </message>
    <message>
      <source>Missing: the runtime.</source>
      <translation>缺少运行环境。</translation>
    </message>
    <message>
      <source>Number of classes: {}, smoothness: {}</source>
      <translation>类别数：{}，平滑度：{}</translation>
    </message>
    <message>
      <source>How right is the map? Draw points, label them, evaluate.</source>
      <translation>地图的精度如何？抽取精度点、标注并评价。</translation>
    </message>
    <message>
      <source>Evaluated</source>
      <translation>已评价</translation>
    </message>
    <message>
      <source>Missing: an image.</source>
      <translation>缺少影像。</translation>
    </message>
    <message>
      <source>Missing: classes.</source>
      <translation>缺少类别。</translation>
    </message>
    <message>
      <source>{} of {} classes with names</source>
      <translation>{} 个类别已命名，共 {} 个</translation>
    </message>
    <message>
      <source>{} of {} points labelled</source>
      <translation>{} 个点已标注，共 {} 个</translation>
    </message>
    <message>
      <source>Written</source>
      <translation>已写出</translation>
    </message>
    <message>
      <source>Evaluated; {}</source>
      <translation>已评价；{}</translation>
    </message>
    <message>
      <source>Names of the reference classes</source>
      <translation>参考类别的名称</translation>
    </message>
    <message>
      <source>Names of the classes</source>
      <translation>类别的名称</translation>
    </message>
    <message>
      <source>Names from a file…</source>
      <translation>来自文件的名称…</translation>
    </message>
    <message>
      <source>{} cannot be transformed into the CRS of the map; choose another CRS for the project.</source>
      <translation>{} 无法转换到地图的坐标参照系；请为工程选择其他坐标参照系。</translation>
    </message>
    <message>
      <source>Open in the model designer</source>
      <translation>在模型设计器中打开</translation>
    </message>
    <message>
      <source>Name as</source>
      <translation>命名为</translation>
    </message>
    <message>
      <source>Names or table from a file…</source>
      <translation>从文件读取名称或表格…</translation>
    </message>
    <message>
      <source>Suggest names from a layer…</source>
      <translation>根据图层建议名称…</translation>
    </message>
    <message>
      <source>&amp;Compare with other settings</source>
      <translation>与其他设置比较(&amp;C)</translation>
    </message>
    <message>
      <source>Keep these settings as A on the left of the line; what you change then is B, on its right</source>
      <translation>将当前设置保留为分界线左侧的 A；之后的更改为右侧的 B</translation>
    </message>
    <message>
      <source>Take &amp;A</source>
      <translation>采用 A(&amp;A)</translation>
    </message>
    <message>
      <source>Take &amp;B</source>
      <translation>采用 B(&amp;B)</translation>
    </message>
    <message>
      <source>Values and additional rasters</source>
      <translation>数值与附加栅格</translation>
    </message>
    <message>
      <source>A run on the whole image: </source>
      <translation>对整幅影像运行：</translation>
    </message>
    <message>
      <source>&amp;Preview on the map</source>
      <translation>在地图上预览(&amp;P)</translation>
    </message>
    <message>
      <source>&amp;Use these settings…</source>
      <translation>使用这些设置(&amp;U)…</translation>
    </message>
    <message>
      <source>Open Segment with these settings</source>
      <translation>以这些设置打开“分割”</translation>
    </message>
    <message>
      <source>&amp;Image</source>
      <translation>影像(&amp;I)</translation>
    </message>
    <message>
      <source>The runtime for segmentation is not installed yet.</source>
      <translation>分割所需的运行环境尚未安装。</translation>
    </message>
    <message>
      <source>{} was removed, so the preview is switched off.</source>
      <translation>{} 已被移除，预览已关闭。</translation>
    </message>
    <message>
      <source>Computing…</source>
      <translation>正在计算…</translation>
    </message>
    <message>
      <source>There is no image to preview; add one to the project.</source>
      <translation>没有可预览的影像；请先将影像添加到工程。</translation>
    </message>
    <message>
      <source>Image</source>
      <translation>影像</translation>
    </message>
    <message>
      <source>Computing the preview, {} s…</source>
      <translation>正在计算预览，{} 秒…</translation>
    </message>
    <message>
      <source>There is no image to segment; add one to the project.</source>
      <translation>没有可分割的影像；请先在工程中添加一幅。</translation>
    </message>
    <message>
      <source>Place of the line, which can be dragged on the map too</source>
      <translation>分界线的位置，也可在地图上拖动</translation>
    </message>
    <message>
      <source>Outlines of &amp;superpixels</source>
      <translation>超像素轮廓(&amp;S)</translation>
    </message>
    <message>
      <source>Distinct colors</source>
      <translation>易区分颜色</translation>
    </message>
    <message>
      <source>S&amp;wipe</source>
      <translation>卷帘(&amp;W)</translation>
    </message>
    <message>
      <source>&amp;Opacity</source>
      <translation>不透明度(&amp;O)</translation>
    </message>
    <message>
      <source>A pixel of the map covers {} x {} pixels of the image.</source>
      <translation>地图的一个像素覆盖影像的 {} x {} 个像素。</translation>
    </message>
    <message>
      <source>This is a part of the image: its classes may differ from those of a run.</source>
      <translation>这是影像的一部分：其类别可能与运行结果不同。</translation>
    </message>
    <message>
      <source>This is the whole image, at the resolution of the map.</source>
      <translation>这是整幅影像，采用地图的分辨率。</translation>
    </message>
    <message>
      <source>Superpixels of a run are smaller than shown: zoom in to see them.</source>
      <translation>实际运行的超像素比此处显示的更小：请放大查看。</translation>
    </message>
    <message>
      <source>Classes: {}, superpixels {} px</source>
      <translation>{} 个类别，超像素 {} 像素</translation>
    </message>
    <message>
      <source>This is {} % of the image: its classes may differ from those of a run.</source>
      <translation>这是影像的 {} %：其类别可能与运行结果不同。</translation>
    </message>
    <message>
      <source>Classes: {}, superpixels: {}, computed in {} s.</source>
      <translation>{} 个类别，由 {} 个超像素组成，计算用时 {} 秒。</translation>
    </message>
    <message>
      <source> pixels</source>
      <translation> 像素</translation>
    </message>
    <message>
      <source>All bands</source>
      <translation>所有波段</translation>
    </message>
    <message>
      <source>In scripts: {}</source>
      <translation>脚本中的值：{}</translation>
    </message>
    <message>
      <source>None</source>
      <translation>无</translation>
    </message>
    <message>
      <source>Add the reference to the project first</source>
      <translation>请先将参考图层加入工程</translation>
    </message>
    <message>
      <source>Draw accuracy points…</source>
      <translation>抽取精度点…</translation>
    </message>
    <message>
      <source>Label accuracy points…</source>
      <translation>标注精度点…</translation>
    </message>
    <message>
      <source>Zip files (*.zip)</source>
      <translation>Zip 文件 (*.zip)</translation>
    </message>
    <message>
      <source>Install</source>
      <translation>安装</translation>
    </message>
    <message>
      <source>Build:</source>
      <translation>版本：</translation>
    </message>
    <message>
      <source>From:</source>
      <translation>来源：</translation>
    </message>
    <message>
      <source>Into:</source>
      <translation>位置：</translation>
    </message>
    <message>
      <source>Space:</source>
      <translation>空间：</translation>
    </message>
    <message>
      <source>Or use another Python</source>
      <translation>或使用其他 Python</translation>
    </message>
    <message>
      <source>A Python with torch, numba and scikit-image, for example from conda. The environment variable SUPERSEG_PYTHON takes precedence.</source>
      <translation>带有 torch、numba 和 scikit-image 的 Python，例如来自 conda。环境变量 SUPERSEG_PYTHON 优先。</translation>
    </message>
    <message>
      <source>the internet (pypi.org, download.pytorch.org)</source>
      <translation>互联网（pypi.org、download.pytorch.org）</translation>
    </message>
    <message>
      <source>a folder of wheels</source>
      <translation>wheel 文件夹</translation>
    </message>
    <message>
      <source>a zip file of wheels</source>
      <translation>wheel 的 zip 文件</translation>
    </message>
    <message>
      <source>SuperSeg: Runtime</source>
      <translation>SuperSeg：运行环境</translation>
    </message>
    <message>
      <source>Looking for the runtime…</source>
      <translation>正在查找运行环境…</translation>
    </message>
    <message>
      <source>Look for SuperSeg's runtime</source>
      <translation>查找 SuperSeg 的运行环境</translation>
    </message>
    <message>
      <source>Install SuperSeg's runtime</source>
      <translation>安装 SuperSeg 的运行环境</translation>
    </message>
    <message>
      <source>Remove the runtime that SuperSeg has installed, and the previous one? Images cannot be segmented without a runtime. Results and models are kept.</source>
      <translation>要删除 SuperSeg 安装的运行环境及其上一个版本吗？没有运行环境就无法分割影像。结果和模型会保留。</translation>
    </message>
    <message>
      <source>Restore SuperSeg's previous runtime</source>
      <translation>恢复 SuperSeg 的上一个运行环境</translation>
    </message>
    <message>
      <source>Report on SuperSeg's runtime</source>
      <translation>报告 SuperSeg 的运行环境</translation>
    </message>
    <message>
      <source>The report is on the clipboard.</source>
      <translation>报告已复制到剪贴板。</translation>
    </message>
    <message>
      <source>Current state</source>
      <translation>当前状态</translation>
    </message>
    <message>
      <source>Status:</source>
      <translation>状态：</translation>
    </message>
    <message>
      <source>Python:</source>
      <translation>Python：</translation>
    </message>
    <message>
      <source>Packages:</source>
      <translation>软件包：</translation>
    </message>
    <message>
      <source>Device:</source>
      <translation>设备：</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>取消</translation>
    </message>
    <message>
      <source>Show commands</source>
      <translation>显示命令</translation>
    </message>
    <message>
      <source>Copy report</source>
      <translation>复制报告</translation>
    </message>
    <message>
      <source>Use previous</source>
      <translation>使用上一个</translation>
    </message>
    <message>
      <source>Remove…</source>
      <translation>删除…</translation>
    </message>
    <message>
      <source>querying the runtime…</source>
      <translation>正在查询运行环境…</translation>
    </message>
    <message>
      <source>Query the device of SuperSeg's runtime</source>
      <translation>查询 SuperSeg 运行环境的设备</translation>
    </message>
    <message>
      <source>Remove SuperSeg's runtime</source>
      <translation>删除 SuperSeg 的运行环境</translation>
    </message>
    <message>
      <source>Cancelling…</source>
      <translation>正在取消…</translation>
    </message>
    <message>
      <source>Installed in {}</source>
      <translation>已安装到 {}</translation>
    </message>
    <message>
      <source>Removed: {} MB</source>
      <translation>已删除：{} MB</translation>
    </message>
    <message>
      <source>{} was removed. The labels of a layer in a file are saved.</source>
      <translation>{} 已被移除。文件图层的标签已保存。</translation>
    </message>
    <message>
      <source>Choose the class layer whose accuracy is wanted.</source>
      <translation>请选择要评价精度的类别图层。</translation>
    </message>
    <message>
      <source>Point {} cannot be transformed into the CRS of the map; choose another CRS for the project.</source>
      <translation>点 {} 无法转换到地图的坐标参考系；请为工程选择其他坐标参考系。</translation>
    </message>
    <message>
      <source>New…</source>
      <translation>新建…</translation>
    </message>
    <message>
      <source>Draw accuracy points</source>
      <translation>抽取精度点</translation>
    </message>
    <message>
      <source>Side of the part of the map that is shown</source>
      <translation>所示地图范围的边长</translation>
    </message>
    <message>
      <source>&amp;Hide the classes while labelling</source>
      <translation>标注时隐藏类别(&amp;H)</translation>
    </message>
    <message>
      <source>Names with their keys</source>
      <translation>名称及其按键</translation>
    </message>
    <message>
      <source>Another name, then Enter</source>
      <translation>输入其他名称，然后按回车</translation>
    </message>
    <message>
      <source>Cannot tell (0)</source>
      <translation>无法判断 (0)</translation>
    </message>
    <message>
      <source>Back (Backspace)</source>
      <translation>返回 (退格键)</translation>
    </message>
    <message>
      <source>Skip (Space)</source>
      <translation>跳过 (空格键)</translation>
    </message>
    <message>
      <source>Clear (Delete)</source>
      <translation>清除 (Delete)</translation>
    </message>
    <message>
      <source>&amp;Accuracy…</source>
      <translation>精度(&amp;A)…</translation>
    </message>
    <message>
      <source>Accuracy and areas of the classes by the labels so far</source>
      <translation>根据目前的标签估计类别的精度和面积</translation>
    </message>
    <message>
      <source>Points</source>
      <translation>点</translation>
    </message>
    <message>
      <source>Field</source>
      <translation>字段</translation>
    </message>
    <message>
      <source>Classes</source>
      <translation>类别</translation>
    </message>
    <message>
      <source>Names</source>
      <translation>文件名</translation>
    </message>
    <message>
      <source>Shown</source>
      <translation>显示</translation>
    </message>
    <message>
      <source>cannot tell</source>
      <translation>无法判断</translation>
    </message>
    <message>
      <source>. All points have a label.</source>
      <translation>。所有点都已标注。</translation>
    </message>
    <message>
      <source>Choose a layer of accuracy points, or draw new ones.</source>
      <translation>请选择精度点图层，或抽取新的点。</translation>
    </message>
    <message>
      <source>Point {}</source>
      <translation>点 {}</translation>
    </message>
    <message>
      <source>{} of {}</source>
      <translation>{} / {}</translation>
    </message>
    <message>
      <source>; in the map: {}</source>
      <translation>；地图中为：{}</translation>
    </message>
    <message>
      <source>{} is temporary: save it (Make Permanent) before QGIS is closed.</source>
      <translation>{} 是临时图层：请在关闭 QGIS 前保存（使其永久化）。</translation>
    </message>
    <message>
      <source>Highlight the selected classes on the map</source>
      <translation>在地图上突出显示所选类别</translation>
    </message>
    <message>
      <source>Flash on the map</source>
      <translation>在地图上闪烁</translation>
    </message>
    <message>
      <source>Zoom to the largest patch</source>
      <translation>缩放到最大的斑块</translation>
    </message>
    <message>
      <source>Zoom to the next smaller patch</source>
      <translation>缩放到下一个较小的斑块</translation>
    </message>
    <message>
      <source>Colors of all classes: natural ones from the band means, or distinct ones, which color-blind people can tell apart too and which differ most between neighbors</source>
      <translation>所有类别的颜色：由波段均值得到的自然颜色，或易区分的颜色（色盲者也能区分，且相邻类别之间差异最大）</translation>
    </message>
    <message>
      <source>Assign names by clicks on the map</source>
      <translation>在地图上单击以赋予名称</translation>
    </message>
    <message>
      <source>C&amp;olors</source>
      <translation>颜色(&amp;O)</translation>
    </message>
    <message>
      <source>Natural colors</source>
      <translation>自然颜色</translation>
    </message>
    <message>
      <source>Confidence: {} %</source>
      <translation>置信度：{} %</translation>
    </message>
    <message>
      <source>&amp;More like this</source>
      <translation>查找相似(&amp;M)</translation>
    </message>
    <message>
      <source>More like this: clicks on the map select all superpixels that are similar</source>
      <translation>查找相似：在地图上点击，即选中所有相似的超像素</translation>
    </message>
    <message>
      <source>Places: {}. Similar superpixels: {}, {} % of the area.</source>
      <translation>位置：{} 处。{} 个超像素相似，占面积的 {} %。</translation>
    </message>
    <message>
      <source>Class of the selected superpixels</source>
      <translation>所选超像素的类别</translation>
    </message>
    <message>
      <source>Class or new name</source>
      <translation>类别或新名称</translation>
    </message>
    <message>
      <source>Ass&amp;ign</source>
      <translation>指定(&amp;I)</translation>
    </message>
    <message>
      <source>Give the selected superpixels this class, or a new one</source>
      <translation>将所选超像素归入此类别或新类别</translation>
    </message>
    <message>
      <source>Start o&amp;ver</source>
      <translation>重新开始(&amp;V)</translation>
    </message>
    <message>
      <source>Forget the places clicked on</source>
      <translation>清除已点击的位置</translation>
    </message>
    <message>
      <source>Simi&amp;larity from</source>
      <translation>最低相似度(&amp;L)</translation>
    </message>
    <message>
      <source>Superpixels that are {} now: {}.</source>
      <translation>现在属于 {} 的超像素：{} 个。</translation>
    </message>
    <message>
      <source>Least similarity</source>
      <translation>最低相似度</translation>
    </message>
    <message>
      <source>Superpixels that are at least so similar are selected</source>
      <translation>选中相似度不低于此值的超像素</translation>
    </message>
    <message>
      <source>Click on the map first.</source>
      <translation>请先在地图上点击。</translation>
    </message>
    <message>
      <source>Assign {}</source>
      <translation>指定为 {}</translation>
    </message>
    <message>
      <source>Click on the map on what you look for, once more to take the place back. What is similar is outlined.</source>
      <translation>在地图上点击要查找的地物；再次点击可取消该位置。相似的区域会显示轮廓。</translation>
    </message>
    <message>
      <source>The size that Segment uses for this image by default</source>
      <translation>“分割”对此影像默认使用的大小</translation>
    </message>
    <message>
      <source>{pixels} pixels ({side} x {side})</source>
      <translation>{pixels} 像素（{side} x {side}）</translation>
    </message>
    <message>
      <source>At least {}</source>
      <translation>至少 {}</translation>
    </message>
    <message>
      <source>Band means of the selected classes</source>
      <translation>所选类别的波段均值</translation>
    </message>
    <message>
      <source>Select classes whose band means are known.</source>
      <translation>请选择波段均值已知的类别。</translation>
    </message>
    <message>
      <source>{}: {} corrections of an earlier map were made again.</source>
      <translation>{}：已重新应用早先地图的 {} 处修改。</translation>
    </message>
    <message>
      <source>{} were not: their class has no name, or they lie on no superpixel.</source>
      <translation>另有 {} 处未应用：其类别没有名称，或该处没有超像素。</translation>
    </message>
    <message>
      <source>{} was edited before: its edits are restored.</source>
      <translation>{} 曾被编辑：其编辑已恢复。</translation>
    </message>
    <message>
      <source>Suggested names</source>
      <translation>建议的名称</translation>
    </message>
    <message>
      <source>Suggest names from a layer</source>
      <translation>根据图层建议名称</translation>
    </message>
    <message>
      <source>&amp;Suggest</source>
      <translation>建议(&amp;S)</translation>
    </message>
    <message>
      <source>Accept checked names</source>
      <translation>采用勾选的名称</translation>
    </message>
    <message>
      <source>Comparing…</source>
      <translation>正在比较…</translation>
    </message>
    <message>
      <source>&amp;Land-cover map or polygons</source>
      <translation>土地覆盖图或多边形(&amp;L)</translation>
    </message>
    <message>
      <source>&amp;Field of the names</source>
      <translation>名称字段(&amp;F)</translation>
    </message>
    <message>
      <source>Smallest &amp;purity</source>
      <translation>最小纯度(&amp;P)</translation>
    </message>
    <message>
      <source>Proposed name</source>
      <translation>建议的名称</translation>
    </message>
    <message>
      <source>Purity</source>
      <translation>纯度</translation>
    </message>
    <message>
      <source>Add a land-cover map or polygons with a field of names to the project first.</source>
      <translation>请先将土地覆盖图或带名称字段的多边形添加到工程。</translation>
    </message>
    <message>
      <source>Correct: each click on the map gives a superpixel the selected class</source>
      <translation>修改：在地图上每点击一次，该处的超像素即归入所选类别</translation>
    </message>
    <message>
      <source>Correct: superpixels in a polygon on the map get the selected class</source>
      <translation>修改：地图上多边形内的超像素归入所选类别</translation>
    </message>
    <message>
      <source>Split by a polygon</source>
      <translation>按多边形拆分</translation>
    </message>
    <message>
      <source>Split the selected classes in two by their superpixels</source>
      <translation>按超像素将所选类别一分为二</translation>
    </message>
    <message>
      <source>&amp;Correct</source>
      <translation>修改(&amp;C)</translation>
    </message>
    <message>
      <source>&amp;Split</source>
      <translation>拆分(&amp;S)</translation>
    </message>
    <message>
      <source>Split</source>
      <translation>拆分</translation>
    </message>
    <message>
      <source>By a polygon on the map</source>
      <translation>按地图上的多边形</translation>
    </message>
    <message>
      <source>Split into {}</source>
      <translation>拆分为 {}</translation>
    </message>
    <message>
      <source>Select in the table the one class that the place belongs to.</source>
      <translation>请在表中选择该位置所属的一个类别。</translation>
    </message>
    <message>
      <source>Correct to {}</source>
      <translation>修改为 {}</translation>
    </message>
    <message>
      <source>Into {} classes</source>
      <translation>分为 {} 类</translation>
    </message>
    <message>
      <source>&amp;Teach</source>
      <translation>教学(&amp;T)</translation>
    </message>
    <message>
      <source>Teach: clicks on the map are examples of names, the rest follows</source>
      <translation>教学：在地图上的单击是名称的示例，其余部分随之命名</translation>
    </message>
    <message>
      <source>Name of the next example</source>
      <translation>下一个示例的名称</translation>
    </message>
    <message>
      <source>Name, such as Forest</source>
      <translation>名称，例如森林</translation>
    </message>
    <message>
      <source>Ask me ne&amp;xt</source>
      <translation>询问我(&amp;X)</translation>
    </message>
    <message>
      <source>Zoom to the place whose name would tell most (F4)</source>
      <translation>缩放到其名称最有价值的位置 (F4)</translation>
    </message>
    <message>
      <source>S&amp;kip</source>
      <translation>跳过(&amp;K)</translation>
    </message>
    <message>
      <source>The name of this place is not known; ask for another one</source>
      <translation>此处的名称未知；询问另一处</translation>
    </message>
    <message>
      <source>Example o&amp;f</source>
      <translation>示例(&amp;F)</translation>
    </message>
    <message>
      <source>Choose a name and click on the map where it is; or let yourself be asked. Classes without an example stay as they are.</source>
      <translation>选择名称，然后在地图上单击其所在之处；或让程序询问。没有示例的类别保持不变。</translation>
    </message>
    <message>
      <source>There is no place left to ask for.</source>
      <translation>没有可询问的位置了。</translation>
    </message>
    <message>
      <source>Type or choose the name first, then click.</source>
      <translation>请先输入或选择名称，然后单击。</translation>
    </message>
    <message>
      <source>Learning from {} examples…</source>
      <translation>正在由 {} 个示例学习…</translation>
    </message>
    <message>
      <source>Teach {}</source>
      <translation>教学：{}</translation>
    </message>
    <message>
      <source>{} % of the area is doubtful.</source>
      <translation>{} % 的面积存疑。</translation>
    </message>
    <message>
      <source>Examples: {}.</source>
      <translation>示例：{}。</translation>
    </message>
    <message>
      <source>Image to segment</source>
      <translation>要分割的影像</translation>
    </message>
    <message>
      <source>One thing is missing: the runtime, which is installed once. It contains PyTorch, separate from QGIS.</source>
      <translation>还缺一项：运行环境，只需安装一次。它包含 PyTorch，与 QGIS 相互独立。</translation>
    </message>
    <message>
      <source>SuperSeg: First steps</source>
      <translation>SuperSeg：入门</translation>
    </message>
    <message>
      <source>An image, its superpixels and its classes, side by side</source>
      <translation>一幅影像及其超像素和类别，并排显示</translation>
    </message>
    <message>
      <source>Settings, with a preview</source>
      <translation>设置与预览</translation>
    </message>
    <message>
      <source>Run</source>
      <translation>运行</translation>
    </message>
    <message>
      <source>Name, merge and correct the classes</source>
      <translation>命名、合并和修正类别</translation>
    </message>
    <message>
      <source>Check</source>
      <translation>检验</translation>
    </message>
    <message>
      <source>Export</source>
      <translation>导出</translation>
    </message>
    <message>
      <source>Sample: Great Salt Lake</source>
      <translation>示例：大盐湖</translation>
    </message>
    <message>
      <source>SuperSeg divides an image into classes of similar surface. It needs no training samples: you choose the image and the number of classes, and name the classes afterwards.</source>
      <translation>SuperSeg 将影像划分为地表相似的类别，无需训练样本：选择影像和类别数，之后再为类别命名。</translation>
    </message>
    <message>
      <source>Open…</source>
      <translation>打开…</translation>
    </message>
    <message>
      <source>Sample</source>
      <translation>示例</translation>
    </message>
    <message>
      <source>Preview…</source>
      <translation>预览…</translation>
    </message>
    <message>
      <source>Segment…</source>
      <translation>分割…</translation>
    </message>
    <message>
      <source>Points…</source>
      <translation>精度点…</translation>
    </message>
    <message>
      <source>Label</source>
      <translation>标注</translation>
    </message>
    <message>
      <source>Evaluate…</source>
      <translation>评价…</translation>
    </message>
    <message>
      <source>Raster…</source>
      <translation>栅格…</translation>
    </message>
    <message>
      <source>Polygons…</source>
      <translation>多边形…</translation>
    </message>
    <message>
      <source>Objects…</source>
      <translation>对象…</translation>
    </message>
    <message>
      <source>Preview</source>
      <translation>预览</translation>
    </message>
    <message>
      <source>automatic</source>
      <translation>自动</translation>
    </message>
    <message>
      <source>all patches are kept</source>
      <translation>保留所有图斑</translation>
    </message>
    <message>
      <source>no file</source>
      <translation>不写文件</translation>
    </message>
    <message>
      <source>Number</source>
      <translation>编号</translation>
    </message>
    <message>
      <source>Compactness (0 to 1)</source>
      <translation>紧凑度（0 到 1）</translation>
    </message>
    <message>
      <source>Number of neighbors</source>
      <translation>相邻对象数</translation>
    </message>
    <message>
      <source>Neighbors</source>
      <translation>相邻对象</translation>
    </message>
    <message>
      <source>Confidence</source>
      <translation>置信度</translation>
    </message>
    <message>
      <source>Mean of {}</source>
      <translation>{} 的均值</translation>
    </message>
    <message>
      <source>Standard deviation of {}</source>
      <translation>{} 的标准差</translation>
    </message>
    <message>
      <source>Texture of {}</source>
      <translation>{} 的纹理</translation>
    </message>
    <message>
      <source>Area</source>
      <translation>面积</translation>
    </message>
    <message>
      <source>Perimeter</source>
      <translation>周长</translation>
    </message>
    <message>
      <source>{}, merged to 1 class</source>
      <translation>{}，合并为 1 个类别</translation>
    </message>
    <message>
      <source>{}, merged to {} classes</source>
      <translation>{}，合并为 {} 个类别</translation>
    </message>
    <message>
      <source>{}, split to {} classes</source>
      <translation>{}，拆分为 {} 类</translation>
    </message>
    <message>
      <source>{}, 1 class</source>
      <translation>{}，1 个类别</translation>
    </message>
    <message>
      <source>{}, {} classes</source>
      <translation>{}，{} 个类别</translation>
    </message>
    <message>
      <source>{} covers {:.0f} % of the area: split it, or ask for more classes.</source>
      <translation>{} 占面积的 {:.0f} %：请拆分它，或要求更多类别。</translation>
    </message>
    <message>
      <source>Mean confidence is least in {}: correct places or give examples there.</source>
      <translation>{} 的平均置信度最低：请在那里修正或给出示例。</translation>
    </message>
    <message>
      <source>{} covers less than {:g} % of the area: merge it, or ask for fewer classes.</source>
      <translation>{} 占面积不到 {:g} %：请合并它，或要求更少类别。</translation>
    </message>
    <message>
      <source>{} cover less than {:g} % of the area: merge them, or ask for fewer classes.</source>
      <translation>{} 各占面积不到 {:g} %：请合并它们，或要求更少类别。</translation>
    </message>
    <message>
      <source>{} holds {:.0f} % of the differences within classes: look whether it is several kinds of surface, and split it.</source>
      <translation>{} 占类内差异的 {:.0f} %：请检查它是否包含多种地表，并将其拆分。</translation>
    </message>
    <message>
      <source>{} and {} more</source>
      <translation>{} 等，另有 {} 个</translation>
    </message>
    <message>
      <source>{} of {} ({}): from {:.3g} to {:.3g}, lowest {:.3g}, highest {:.3g}</source>
      <translation>{}，共 {} 个（{}）：从 {:.3g} 到 {:.3g}，最低 {:.3g}，最高 {:.3g}</translation>
    </message>
    <message>
      <source>No numbers.</source>
      <translation>没有数值。</translation>
    </message>
    <message>
      <source>Each bar of a spectrum is one band; its height is the mean of the class between the lowest and highest of all classes.</source>
      <translation>光谱的每个条形代表一个波段；其高度为该类别的均值在所有类别最低值与最高值之间的位置。</translation>
    </message>
    <message>
      <source>The columns of the bands hold the means of the classes.</source>
      <translation>波段列为各类别的均值。</translation>
    </message>
    <message>
      <source>Area, {}</source>
      <translation>面积，{}</translation>
    </message>
    <message>
      <source>The means of all {} bands are drawn below, and are in the attribute table of the map.</source>
      <translation>全部 {} 个波段的均值绘于下方，并存于地图的属性表中。</translation>
    </message>
    <message>
      <source>Tree of {} classes: {} and {} are the most similar and merge first</source>
      <translation>{} 个类别的树：{} 与 {} 最相似，最先合并</translation>
    </message>
    <message>
      <source>more similar</source>
      <translation>更相似</translation>
    </message>
    <message>
      <source>less similar</source>
      <translation>更不相似</translation>
    </message>
    <message>
      <source>ARE, accuracy and mean IoU leave unlabelled pixels out either way. One to one: each reference class is paired with one class so that the most pixels agree; pixels of classes without a pair count as errors. AMI, ARI, FMI and V-measure compare the partitions and need no pairs.</source>
      <translation>计算 ARE、精度和平均 IoU 时，无标签像素均不计入。一对一：每个参考类别与一个类别配对，使一致的像素最多；没有配对的类别的像素计为错误。AMI、ARI、FMI 和 V 度量比较的是划分，不需要配对。</translation>
    </message>
    <message>
      <source>not mapped</source>
      <translation>地图中没有</translation>
    </message>
    <message>
      <source>Shares of the pixels compared, for the classes as named in the next table. User's accuracy is 1 less the error of commission, producer's accuracy 1 less that of omission. There are no intervals: every pixel of the reference was compared, and pixels that were not chosen at random allow no conclusion on the others. For a whole map with intervals, label a random sample (Accuracy points).</source>
      <translation>占参与比较像素的比例，类别按下表命名。用户精度等于 1 减错分误差，生产者精度等于 1 减漏分误差。没有给出区间：参考的每个像素都已比较，而非随机选取的像素不能用于推断其他像素。若要得到整幅地图带区间的精度，请标注随机样本（“精度点”）。</translation>
    </message>
    <message>
      <source>A class with the name of a reference class counts as that one, any other class as the reference class that most of its pixels have, as if it had been named and merged so, which favors the map. A class of which this is a small share is mixed.</source>
      <translation>与参考类别同名的类别计为该参考类别；其他类别计为其多数像素所属的参考类别，如同已这样命名和合并，这对地图有利。若该比例较小，则该类别是混合的。</translation>
    </message>
    <message>
      <source>Shares of the area compared; rows are the named classes of the map, columns reference classes.</source>
      <translation>占参与比较面积的比例；行为地图的命名类别，列为参考类别。</translation>
    </message>
    <message>
      <source>Percent of the pixels of each reference class. Framed: the class counts as this reference class.</source>
      <translation>占每个参考类别像素的百分比。加框：该类别计为此参考类别。</translation>
    </message>
    <message>
      <source>Reference</source>
      <translation>参考</translation>
    </message>
    <message>
      <source>Pixels compared</source>
      <translation>参与比较的像素</translation>
    </message>
    <message>
      <source>Pixels not labelled</source>
      <translation>无标签的像素</translation>
    </message>
    <message>
      <source>Of these in polygons of several labels</source>
      <translation>其中位于多标签多边形内</translation>
    </message>
    <message>
      <source>Pixels not classified, left out</source>
      <translation>未分类的像素，未计入</translation>
    </message>
    <message>
      <source>Overall accuracy</source>
      <translation>总体精度</translation>
    </message>
    <message>
      <source>Kappa</source>
      <translation>Kappa 系数</translation>
    </message>
    <message>
      <source>Mean IoU</source>
      <translation>平均 IoU</translation>
    </message>
    <message>
      <source>Evaluation</source>
      <translation>评估</translation>
    </message>
    <message>
      <source>Adjusted mutual information (AMI)</source>
      <translation>调整互信息（AMI）</translation>
    </message>
    <message>
      <source>Adjusted Rand index (ARI)</source>
      <translation>调整兰德指数（ARI）</translation>
    </message>
    <message>
      <source>Fowlkes-Mallows index (FMI)</source>
      <translation>Fowlkes-Mallows 指数（FMI）</translation>
    </message>
    <message>
      <source>Adapted Rand error (ARE)</source>
      <translation>改进兰德误差（ARE）</translation>
    </message>
    <message>
      <source>V-measure</source>
      <translation>V-measure 指标</translation>
    </message>
    <message>
      <source>Homogeneity</source>
      <translation>同质性</translation>
    </message>
    <message>
      <source>Completeness</source>
      <translation>完整性</translation>
    </message>
    <message>
      <source>Accuracy, one to one</source>
      <translation>精度（一一配对）</translation>
    </message>
    <message>
      <source>Mean IoU, one to one</source>
      <translation>平均 IoU（一一配对）</translation>
    </message>
    <message>
      <source>Score</source>
      <translation>得分</translation>
    </message>
    <message>
      <source>Labelled pixels</source>
      <translation>有标签的像素</translation>
    </message>
    <message>
      <source>Unlabelled as a class</source>
      <translation>无标签像素作为一个类别</translation>
    </message>
    <message>
      <source>Reference class</source>
      <translation>参考类别</translation>
    </message>
    <message>
      <source>User's accuracy</source>
      <translation>用户精度</translation>
    </message>
    <message>
      <source>Commission</source>
      <translation>错分误差</translation>
    </message>
    <message>
      <source>Producer's accuracy</source>
      <translation>生产者精度</translation>
    </message>
    <message>
      <source>Omission</source>
      <translation>漏分误差</translation>
    </message>
    <message>
      <source>IoU</source>
      <translation>IoU</translation>
    </message>
    <message>
      <source>Counts as</source>
      <translation>计为</translation>
    </message>
    <message>
      <source>By</source>
      <translation>依据</translation>
    </message>
    <message>
      <source>Share of its pixels</source>
      <translation>占其像素的比例</translation>
    </message>
    <message>
      <source>none</source>
      <translation>无</translation>
    </message>
    <message>
      <source>What was compared</source>
      <translation>比较的内容</translation>
    </message>
    <message>
      <source>Accuracy of the named classes</source>
      <translation>命名类别的精度</translation>
    </message>
    <message>
      <source>Classes and the reference classes that they count as</source>
      <translation>各类别及其计为的参考类别</translation>
    </message>
    <message>
      <source>Error matrix</source>
      <translation>误差矩阵</translation>
    </message>
    <message>
      <source>Classes in each reference class</source>
      <translation>各参考类别中的类别</translation>
    </message>
    <message>
      <source>Scores</source>
      <translation>得分</translation>
    </message>
    <message>
      <source>its name</source>
      <translation>名称</translation>
    </message>
    <message>
      <source>most of its pixels</source>
      <translation>多数像素</translation>
    </message>
    <message>
      <source>Total</source>
      <translation>合计</translation>
    </message>
    <message>
      <source>map units²</source>
      <translation>地图单位²</translation>
    </message>
    <message>
      <source>Area in the map ({})</source>
      <translation>地图中的面积（{}）</translation>
    </message>
    <message>
      <source>Area in the reference ({})</source>
      <translation>参考中的面积（{}）</translation>
    </message>
    <message>
      <source>{} more classes are not shown.</source>
      <translation>另有 {} 个类别未显示。</translation>
    </message>
    <message>
      <source>{} more rows and columns are not shown.</source>
      <translation>另有 {} 行和列未显示。</translation>
    </message>
    <message>
      <source>Map</source>
      <translation>地图</translation>
    </message>
    <message>
      <source>{:,} pixels</source>
      <translation>{:,} 像素</translation>
    </message>
    <message>
      <source>Size</source>
      <translation>大小</translation>
    </message>
    <message>
      <source>Part of</source>
      <translation>所属范围</translation>
    </message>
    <message>
      <source>Pixel</source>
      <translation>像素</translation>
    </message>
    <message>
      <source>Coordinates</source>
      <translation>坐标系</translation>
    </message>
    <message>
      <source>Values</source>
      <translation>数值</translation>
    </message>
    <message>
      <source>Bands</source>
      <translation>波段</translation>
    </message>
    <message>
      <source>Data type</source>
      <translation>数据类型</translation>
    </message>
    <message>
      <source>Additional rasters</source>
      <translation>附加栅格</translation>
    </message>
    <message>
      <source>{:.0f} to {:.0f} nm</source>
      <translation>{:.0f} 至 {:.0f} nm</translation>
    </message>
    <message>
      <source>units</source>
      <translation>单位</translation>
    </message>
    <message>
      <source>{}, from column {} and row {}</source>
      <translation>{}，自第 {} 列、第 {} 行起</translation>
    </message>
    <message>
      <source>measurements</source>
      <translation>测量值</translation>
    </message>
    <message>
      <source>reflectances</source>
      <translation>反射率</translation>
    </message>
    <message>
      <source>radar backscatter in decibels</source>
      <translation>雷达后向散射（分贝）</translation>
    </message>
    <message>
      <source>elevations or heights</source>
      <translation>高程或高度</translation>
    </message>
    <message>
      <source>vectors of an embedding</source>
      <translation>嵌入向量</translation>
    </message>
    <message>
      <source>{}, from {} to {}</source>
      <translation>{} 个，从 {} 到 {}</translation>
    </message>
    <message>
      <source>{:,} × {:,} pixels</source>
      <translation>{:,} × {:,} 像素</translation>
    </message>
    <message>
      <source>{0:.4g} × {0:.4g} {1} in the center</source>
      <translation>中心处 {0:.4g} × {0:.4g} {1}</translation>
    </message>
    <message>
      <source>{}, from {} {} to {}.</source>
      <translation>{}，从 {} {} 到 {}。</translation>
    </message>
    <message>
      <source>The first three principal components of the bands as red, green, blue.</source>
      <translation>以波段的前三个主成分作为红、绿、蓝。</translation>
    </message>
    <message>
      <source>In natural colors.</source>
      <translation>自然色。</translation>
    </message>
    <message>
      <source>{}, from {} to {}.</source>
      <translation>{}，从 {} 到 {}。</translation>
    </message>
    <message>
      <source>{} as red, green, blue.</source>
      <translation>以 {} 作为红、绿、蓝。</translation>
    </message>
    <message>
      <source>{} in decibels as red, green, blue.</source>
      <translation>{}（分贝）显示为红、绿、蓝。</translation>
    </message>
    <message>
      <source>{}, in gray.</source>
      <translation>{}，灰度。</translation>
    </message>
    <message>
      <source>The bands at {} nm as red, green, blue.</source>
      <translation>以 {} nm 处的波段作为红、绿、蓝。</translation>
    </message>
    <message>
      <source>Maps</source>
      <translation>地图</translation>
    </message>
    <message>
      <source>Detail</source>
      <translation>局部</translation>
    </message>
    <message>
      <source>In the colors of the table below.</source>
      <translation>使用下表的颜色。</translation>
    </message>
    <message>
      <source>Each class in a color unlike those of its neighbors.</source>
      <translation>每个类别的颜色与其相邻类别不同。</translation>
    </message>
    <message>
      <source>{:,} in {} × {} pixels, outlined on the image.</source>
      <translation>{:,} 个，位于 {} × {} 像素内，轮廓绘于影像上。</translation>
    </message>
    <message>
      <source>Confidence: {:.0f} % on average.</source>
      <translation>置信度：平均 {:.0f} %。</translation>
    </message>
    <message>
      <source>The same detail of the map.</source>
      <translation>地图的同一局部。</translation>
    </message>
    <message>
      <source>The frame marks the detail below.</source>
      <translation>方框标出下方的局部。</translation>
    </message>
    <message>
      <source>From unsure {} to sure; {:.0f} % on average.</source>
      <translation>从不确定 {} 到确定；平均 {:.0f} %。</translation>
    </message>
    <message>
      <source>Shares of the classes</source>
      <translation>各类别的比例</translation>
    </message>
    <message>
      <source>Classes merge from left to right, the most similar first. Each dotted line marks where that number of classes is left; Merge classes cuts there for this number.</source>
      <translation>类别从左到右合并，最相似的最先合并。每条虚线标出剩下该数目类别之处；“合并类别”按此数目在该处截断。</translation>
    </message>
    <message>
      <source>Lines have the colors of the map.</source>
      <translation>线条使用地图的颜色。</translation>
    </message>
    <message>
      <source>classes found</source>
      <translation>类别</translation>
    </message>
    <message>
      <source>superpixels</source>
      <translation>超像素</translation>
    </message>
    <message>
      <source>computing time</source>
      <translation>计算时间</translation>
    </message>
    <message>
      <source>steps</source>
      <translation>步</translation>
    </message>
    <message>
      <source>loss at the end</source>
      <translation>最终损失</translation>
    </message>
    <message>
      <source>Explained, %</source>
      <translation>解释比例，%</translation>
    </message>
    <message>
      <source>Computed on</source>
      <translation>计算设备</translation>
    </message>
    <message>
      <source>The same image, settings, seed and computer give the same classes. On Debian's QGIS 3.22 the program is called qgis_process.bin.</source>
      <translation>相同的影像、设置、种子和计算机会得到相同的类别。在 Debian 的 QGIS 3.22 中，该程序名为 qgis_process.bin。</translation>
    </message>
    <message>
      <source>Stage</source>
      <translation>阶段</translation>
    </message>
    <message>
      <source>Time</source>
      <translation>时间</translation>
    </message>
    <message>
      <source>Reading</source>
      <translation>读取</translation>
    </message>
    <message>
      <source>Numbering</source>
      <translation>编号</translation>
    </message>
    <message>
      <source>Description</source>
      <translation>描述</translation>
    </message>
    <message>
      <source>Clustering</source>
      <translation>聚类</translation>
    </message>
    <message>
      <source>Patches</source>
      <translation>样本块</translation>
    </message>
    <message>
      <source>Training</source>
      <translation>训练</translation>
    </message>
    <message>
      <source>Classification</source>
      <translation>分类</translation>
    </message>
    <message>
      <source>Painting</source>
      <translation>写出</translation>
    </message>
    <message>
      <source>Rendering</source>
      <translation>成图</translation>
    </message>
    <message>
      <source>Colors</source>
      <translation>颜色</translation>
    </message>
    <message>
      <source>Classes of similar surfaces in {}, found without training samples.</source>
      <translation>{} 中相似地表的类别，无需训练样本得到。</translation>
    </message>
    <message>
      <source>A network for the classes of {}, trained without samples.</source>
      <translation>用于 {} 各类别的网络，无需样本训练得到。</translation>
    </message>
    <message>
      <source>Similarity of the classes</source>
      <translation>类别的相似性</translation>
    </message>
    <message>
      <source>Share of the differences between superpixels that lie between classes, not within them. CLASSES 0 chooses the largest number, up to {}, of which the last class adds at least {:.0%}.</source>
      <translation>超像素之间的差异中，位于类别之间而非类别之内的比例。CLASSES 为 0 时选择最大的类别数（不超过 {}），使最后一个类别至少增加 {:.0%}。</translation>
    </message>
    <message>
      <source>Step</source>
      <translation>步</translation>
    </message>
    <message>
      <source>Loss</source>
      <translation>损失</translation>
    </message>
    <message>
      <source>Classes in use</source>
      <translation>使用中的类别</translation>
    </message>
    <message>
      <source>The thin line is the loss of each step, the thick one its moving mean. Classes in use are those that the network assigned to any pixel in that step.</source>
      <translation>细线为每一步的损失，粗线为其滑动平均。使用中的类别是该步中网络分配给任一像素的类别。</translation>
    </message>
    <message>
      <source>Settings</source>
      <translation>设置</translation>
    </message>
    <message>
      <source>Software</source>
      <translation>软件</translation>
    </message>
    <message>
      <source>Settings and software</source>
      <translation>设置与软件</translation>
    </message>
    <message>
      <source>{} h {} min</source>
      <translation>{} 小时 {} 分</translation>
    </message>
    <message>
      <source>What could be better</source>
      <translation>可改进之处</translation>
    </message>
    <message>
      <source>The largest classes are shown.</source>
      <translation>仅显示最大的类别。</translation>
    </message>
    <message>
      <source>Spectra</source>
      <translation>光谱</translation>
    </message>
    <message>
      <source>classified</source>
      <translation>已分类</translation>
    </message>
    <message>
      <source>Segmentation of {}</source>
      <translation>{} 的分割</translation>
    </message>
    <message>
      <source>Training on {}</source>
      <translation>在 {} 上训练</translation>
    </message>
    <message>
      <source>Repeat this run</source>
      <translation>重复此次运行</translation>
    </message>
    <message>
      <source>{:.1f} s</source>
      <translation>{:.1f} 秒</translation>
    </message>
    <message>
      <source>{} min {} s</source>
      <translation>{} 分 {} 秒</translation>
    </message>
    <message>
      <source>Estimates with half the width of their 95 % interval. User's accuracy is 1 less the error of commission, producer's accuracy 1 less that of omission. Areas are those of the reference classes, corrected for the errors of the map. Olofsson et al. 2014, doi 10.1016/j.rse.2014.02.015; Stehman 2014, doi 10.1080/01431161.2014.930207.</source>
      <translation>估计值及其 95 % 区间的半宽。用户精度等于 1 减错分误差，生产者精度等于 1 减漏分误差。面积为参考类别的面积，已按地图的误差校正。Olofsson et al. 2014, doi 10.1016/j.rse.2014.02.015；Stehman 2014, doi 10.1080/01431161.2014.930207。</translation>
    </message>
    <message>
      <source>Shares of the area; rows are classes of the map, columns reference classes.</source>
      <translation>占面积的比例；行为地图的类别，列为参考类别。</translation>
    </message>
    <message>
      <source>Purity is the share of the samples with the reference class that most of them have: a class of low purity is mixed. Classes without the name or number of a reference class count as that of most of their samples, which favors the map.</source>
      <translation>纯度是多数样本所属参考类别在样本中所占的比例：纯度低的类别是混合的。没有参考类别名称或编号的类别计为其多数样本的参考类别，这对地图有利。</translation>
    </message>
    <message>
      <source>Area (%)</source>
      <translation>面积（%）</translation>
    </message>
    <message>
      <source>Places used</source>
      <translation>使用的点</translation>
    </message>
    <message>
      <source>Places without a label, left out</source>
      <translation>无标签的点，未计入</translation>
    </message>
    <message>
      <source>Places off the map or on nodata, left out</source>
      <translation>在地图外或位于无数据处的点，未计入</translation>
    </message>
    <message>
      <source>Area assessed</source>
      <translation>评估的面积</translation>
    </message>
    <message>
      <source>Accuracy assessment</source>
      <translation>精度评估</translation>
    </message>
    <message>
      <source>none sampled</source>
      <translation>无样本</translation>
    </message>
    <message>
      <source>Class of the map</source>
      <translation>地图的类别</translation>
    </message>
    <message>
      <source>What was assessed</source>
      <translation>评估的内容</translation>
    </message>
    <message>
      <source>Accuracy and areas</source>
      <translation>精度与面积</translation>
    </message>
    <message>
      <source>Samples</source>
      <translation>样本</translation>
    </message>
    <message>
      <source>{} (too few samples for an interval)</source>
      <translation>{}（样本太少，无法给出区间）</translation>
    </message>
    <message>
      <source>{} (most of its samples)</source>
      <translation>{}（其多数样本）</translation>
    </message>
    <message>
      <source>Wavelength, nm</source>
      <translation>波长，nm</translation>
    </message>
    <message>
      <source>Band</source>
      <translation>波段</translation>
    </message>
    <message>
      <source>Mean of {} bands in each of the {} largest classes; the table has the numbers</source>
      <translation>{} 个波段在最大的 {} 个类别中的均值；数值见表</translation>
    </message>
    <message>
      <source>Mean of {} bands in each of the {} largest classes; the attribute table of the map has the numbers</source>
      <translation>{} 个波段在最大的 {} 个类别中的均值；数值见地图的属性表</translation>
    </message>
    <message>
      <source>Mean</source>
      <translation>均值</translation>
    </message>
    <message>
      <source>Segment</source>
      <translation>分割</translation>
    </message>
    <message>
      <source>1 Segment</source>
      <translation>1 分割</translation>
    </message>
    <message>
      <source>segmentation</source>
      <translation>分割方法</translation>
    </message>
    <message>
      <source>classification</source>
      <translation>分类</translation>
    </message>
    <message>
      <source>unsupervised</source>
      <translation>非监督</translation>
    </message>
    <message>
      <source>clustering</source>
      <translation>聚类</translation>
    </message>
    <message>
      <source>deep learning</source>
      <translation>深度学习</translation>
    </message>
    <message>
      <source>land cover</source>
      <translation>土地覆盖</translation>
    </message>
    <message>
      <source>raster</source>
      <translation>栅格</translation>
    </message>
    <message>
      <source>Divides an image into classes of similar surface, without training samples.</source>
      <translation>将影像划分为地表相似的类别，无需训练样本。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Divides an image into &lt;b&gt;classes&lt;/b&gt; of similar surface, such as water, forest, roofs or bare soil. &lt;b&gt;No training samples are needed&lt;/b&gt;: choose an image and the number of classes, and name the classes afterwards.&lt;/p&gt; &lt;p&gt;The image is divided into superpixels. These are clustered by their color, texture and surroundings, into classes that form one tree: with one class more, one class is divided into two and the others stay as they are. So 16 classes that are merged to 8 afterwards are the same as 8 classes in the first place. At last, pixels near borders are assigned to one of the classes around them by their own color, so that borders follow the image (&lt;i&gt;Refine borders pixel by pixel&lt;/i&gt;).&lt;/p&gt; &lt;ul&gt; &lt;li&gt;&lt;i&gt;balanced&lt;/i&gt;: the surroundings of superpixels are described twice, by the kinds of superpixels that two mixture models find.&lt;/li&gt; &lt;li&gt;&lt;i&gt;fast&lt;/i&gt;: they are described once, in less time. The classes are nearly as good; for very large scenes.&lt;/li&gt; &lt;li&gt;&lt;i&gt;published&lt;/i&gt;: the published method, for comparison. Its network is trained on its own predictions (self-training). It may end with fewer classes, and the classes depend on the seed.&lt;/li&gt; &lt;/ul&gt; &lt;p&gt;&lt;i&gt;Imagery&lt;/i&gt; sets the size of the superpixels on the ground for a kind of sensor. The size can also be set directly, in pixels or meters. Below the parameters, the dialog shows an estimate of time and memory, which is learned from the runs on this computer. During the run, the progress shows the time left.&lt;/p&gt; &lt;p&gt;Nodata is left out: pixels that the file declares as such in any band, and values far from all others that many pixels have exactly, such as -9999, which the log names. Bands without a valid pixel are not used.&lt;/p&gt; &lt;p&gt;The result is a styled layer: each class has the average color of its pixels, and the legend shows its share of the area. Names, colors, areas and band means are stored in the file. Superpixels, average color, confidence, a model and a report can be written in the same run.&lt;/p&gt; &lt;p&gt;The similarity of the classes is stored beside the result, in &lt;i&gt;classes.tif.superseg.json&lt;/i&gt;. With this file, &lt;i&gt;Merge classes&lt;/i&gt; reduces the number of classes in a moment and without the image. The superpixels are stored in &lt;i&gt;classes.tif.superseg.tif&lt;/i&gt;, a GeoTIFF with the ids on its first page and tables of size, class, confidence, band means, features and neighbors on the others.&lt;/p&gt;</source>
      <translation>&lt;p&gt;将影像划分为地表相似的&lt;b&gt;类别&lt;/b&gt;，如水体、森林、屋顶或裸土。&lt;b&gt;无需训练样本&lt;/b&gt;：选择影像和类别数，之后再为类别命名。&lt;/p&gt; &lt;p&gt;影像先被划分为超像素，再按颜色、纹理和周围环境聚类，所得类别构成一棵树：多一个类别时，只有一个类别一分为二，其余类别不变。因此先分 16 类再合并为 8 类，与直接分 8 类的结果相同。最后，边界附近的像元按自身的颜色，在周围的类别中重新选择，使边界与影像一致（&lt;i&gt;逐像元细化边界&lt;/i&gt;）。&lt;/p&gt; &lt;ul&gt; &lt;li&gt;&lt;i&gt;balanced&lt;/i&gt;：用两个混合模型找出超像素的种类，分别描述超像素的周围环境。&lt;/li&gt; &lt;li&gt;&lt;i&gt;fast&lt;/i&gt;：只描述一次，用时较少。类别效果相近；适合超大影像。&lt;/li&gt; &lt;li&gt;&lt;i&gt;published&lt;/i&gt;：已发表的方法，供比较。其网络用自身的预测训练（自训练）。最终类别可能较少，且类别随种子而变。&lt;/li&gt; &lt;/ul&gt; &lt;p&gt;&lt;i&gt;影像类型&lt;/i&gt;按传感器种类设定超像素的地面大小；也可以直接以像素或米设定大小。对话框在参数下方显示时间和内存的估算，该估算由本机以往的运行得出。运行期间，进度信息显示剩余时间。&lt;/p&gt; &lt;p&gt;无数据不参与处理：包括文件在任一波段中声明为无数据的像素，以及远离其他所有数值、且许多像素恰好相同的数值（如 -9999），日志会列出这些数值。没有有效像素的波段不予使用。&lt;/p&gt; &lt;p&gt;结果是带样式的图层：每个类别采用其像素的平均颜色，图例显示其面积占比。名称、颜色、面积和波段均值存储在文件中。同一次运行还可输出超像素、平均颜色、置信度、模型和报告。&lt;/p&gt; &lt;p&gt;类别之间的相似度存储在结果旁的 &lt;i&gt;classes.tif.superseg.json&lt;/i&gt; 中。有了该文件，&lt;i&gt;合并类别&lt;/i&gt;无需影像即可迅速减少类别数。超像素存储在 &lt;i&gt;classes.tif.superseg.tif&lt;/i&gt; 中：这是一个 GeoTIFF，第一页为编号，其余各页为面积、类别、置信度、波段均值、特征和邻接关系的表。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Cancelled; nothing was written.</source>
      <translation>已取消；未写入任何内容。</translation>
    </message>
    <message>
      <source>The image: any raster layer, with any number of bands and any data type. Web layers are downloaded once, at the resolution of the map view.</source>
      <translation>影像：任何栅格图层，波段数和数据类型不限。网络图层按地图视图的分辨率下载一次。</translation>
    </message>
    <message>
      <source>Number of classes in the result; if the image has fewer kinds of surface, the log says so. 0 is automatic: as many classes, from 2 to 24, as each explain at least 1 % of the differences between superpixels. published may end with fewer classes, and starts with 32 if this is 0.</source>
      <translation>结果中的类别数；若影像的地表种类较少，日志会说明。0 表示自动：取 2 到 24 个类别，其中每个类别至少解释超像素间差异的 1 %。published 最终类别可能较少；取 0 时从 32 类开始。</translation>
    </message>
    <message>
      <source>Imagery</source>
      <translation>影像类型</translation>
    </message>
    <message>
      <source>Kind of imagery, which sets the size of the superpixels on the ground; the pixel size is measured in the middle of the image, also for geographic coordinates. any: superpixels of at least 8 x 8 pixels (fewer in images of less than a megapixel, down to 3 x 3), whatever their size on the ground. drone: of at least 0.4 m, for pixels of a few centimeters. aerial: of at least 1 m, for pixels of 10 to 50 cm. vhr: of at least 2.5 m, for satellites with pixels of 0.3 to 4 m. sentinel2: of at least 30 m. landsat: of at least 90 m. embedding: of at least 30 m, for satellite embeddings with pixels of 10 m, of which small fields are a few pixels.</source>
      <translation>影像类型，决定超像素的地面大小；像素大小在影像中部测定，地理坐标也是如此。any：超像素至少 8 x 8 像素（不足一百万像素的影像可更小，最小 3 x 3），不论地面大小。drone（无人机）：至少 0.4 米，适合几厘米的像素。aerial（航空）：至少 1 米，适合 10 至 50 厘米的像素。vhr（甚高分辨率）：至少 2.5 米，适合像素为 0.3 至 4 米的卫星。sentinel2：至少 30 米。landsat：至少 90 米。embedding：至少 30 米，适用于像素为 10 米的卫星嵌入，小块田地在其中只有几个像素。</translation>
    </message>
    <message>
      <source>Preset</source>
      <translation>方案</translation>
    </message>
    <message>
      <source>balanced: for nearly all images. fast: nearly as good, for very large scenes. published: the published method, for comparison.</source>
      <translation>balanced：适合几乎所有影像。fast：效果相近，用于很大的场景。published：已发表的方法，供比较。</translation>
    </message>
    <message>
      <source>Band numbers of the image to use. If empty, all bands except an alpha band.</source>
      <translation>要使用的影像波段号。留空则使用除 alpha 波段以外的全部波段。</translation>
    </message>
    <message>
      <source>Rasters of other kinds that are used together with the image, such as elevation, radar or an embedding, in all of their bands. Grid, pixel size and CRS may differ: each is brought to the grid of the image, larger pixels by interpolation, smaller ones by averages. Pixels without a value in any of the rasters are nodata. What each raster holds is recognized by itself, as with VALUES automatic, from the names of bands and file and from units; the log says what it was taken for. Each raster counts as much as the image, whatever its number of bands. Put rasters of different kinds here, not into one virtual raster, whose bands are all taken for one kind. A model is applied to rasters of the same kinds in the same order.</source>
      <translation>与影像一起使用的其他类型的栅格，例如高程、雷达或嵌入，使用其全部波段。格网、像素大小和坐标参考系可以不同：每个栅格都会转换到影像的格网上，较大的像素用插值，较小的像素用平均值。在任一栅格中没有值的像素为无数据。每个栅格的内容单独识别，与 VALUES 为 automatic 时相同，依据波段名和文件名以及单位；日志会说明识别结果。无论波段数多少，每个栅格与影像的权重相同。不同类型的栅格请放在这里，而不要放进一个虚拟栅格，因为虚拟栅格的所有波段都会被视为同一类型。模型按相同的顺序应用于相同类型的栅格。</translation>
    </message>
    <message>
      <source>Extent</source>
      <translation>范围</translation>
    </message>
    <message>
      <source>Only this rectangle is processed, and the results are cut to it.</source>
      <translation>只处理该矩形范围，结果也裁剪到该范围。</translation>
    </message>
    <message>
      <source>Mask</source>
      <translation>掩膜</translation>
    </message>
    <message>
      <source>Only pixels with their center in one of these polygons are processed; all others become nodata. The polygons may be in any CRS.</source>
      <translation>只处理中心位于这些多边形内的像素，其余像素为无数据。多边形可采用任何坐标参考系。</translation>
    </message>
    <message>
      <source>Smoothness</source>
      <translation>平滑度</translation>
    </message>
    <message>
      <source>How strongly neighboring superpixels of similar color are assigned to the same class. 0 switches smoothing off, 2 keeps more small patches, 8 suits most images.</source>
      <translation>颜色相近的相邻超像素归入同一类别的强度。0 表示不平滑，2 保留更多小图斑，8 适合大多数影像。</translation>
    </message>
    <message>
      <source>Minimum area</source>
      <translation>最小面积</translation>
    </message>
    <message>
      <source>Patches smaller than this are merged into a neighbor, the smallest first: into the class with the longest common border, weighted by the similarity of the classes. In pixels, or in square meters if UNITS is meters. 0 keeps all patches. If it is larger than all patches together, patches that touch become one.</source>
      <translation>小于此值的图斑并入相邻图斑，最小的先处理：归入公共边界最长的类别，并以类别的相似度加权。以像素计，UNITS 为 meters 时以平方米计。0 表示保留全部图斑。若大于全部图斑之和，相接的图斑合并为一个。</translation>
    </message>
    <message>
      <source>Superpixel size</source>
      <translation>超像素大小</translation>
    </message>
    <message>
      <source>Side of the smallest superpixels, in the unit that UNITS sets. Most superpixels are a few times as large. 0: IMAGERY sets the size.</source>
      <translation>最小超像素的边长，单位由 UNITS 决定。多数超像素比它大几倍。0 表示由 IMAGERY 决定。</translation>
    </message>
    <message>
      <source>Units</source>
      <translation>单位</translation>
    </message>
    <message>
      <source>Unit of SUPERPIXEL_SIZE and MIN_AREA: pixels; or meters and square meters on the ellipsoid, whatever the units of the image's CRS.</source>
      <translation>SUPERPIXEL_SIZE 和 MIN_AREA 的单位：像素；或椭球上的米和平方米，与影像坐标参考系的单位无关。</translation>
    </message>
    <message>
      <source>Seed</source>
      <translation>随机种子</translation>
    </message>
    <message>
      <source>Seed of the random numbers in the training of the network: its initial weights and the patches that it is trained on. Superpixels and clusters do not depend on it. The same image, options and seed give the same result on the same computer.</source>
      <translation>网络训练中随机数的种子：决定网络的初始权重和训练所用的图块。超像素和聚类与它无关。相同的影像、参数和种子在同一台计算机上得到相同的结果。</translation>
    </message>
    <message>
      <source>Device</source>
      <translation>设备</translation>
    </message>
    <message>
      <source>Device for the network. auto: a graphics processor if a usable one is found, otherwise the CPU. cuda: an NVIDIA graphics processor. mps: an Apple graphics processor.</source>
      <translation>运行网络的设备。auto：有可用的图形处理器时使用图形处理器，否则使用 CPU。cuda：NVIDIA 图形处理器。mps：Apple 图形处理器。</translation>
    </message>
    <message>
      <source>Dask cluster</source>
      <translation>Dask 集群</translation>
    </message>
    <message>
      <source>Dask cluster that computes the tiles: the address of its scheduler, such as tls://head:8786, or the path of a scheduler file. If empty, the cluster in the window of the runtime, or in the variable DASK_SCHEDULER_ADDRESS, otherwise this computer. local: this computer. An unencrypted connection to another computer needs the word unencrypted after the address. The result is the same as on this computer.</source>
      <translation>计算图块的 Dask 集群：其调度器的地址，例如 tls://head:8786，或调度器文件的路径。若为空，则使用运行环境窗口中的集群或变量 DASK_SCHEDULER_ADDRESS 中的集群，否则使用这台计算机。local：这台计算机。与另一台计算机的未加密连接需要在地址后加上单词 unencrypted。结果与在这台计算机上的结果相同。</translation>
    </message>
    <message>
      <source>Tile size</source>
      <translation>瓦片大小</translation>
    </message>
    <message>
      <source>Side of the square tiles in which the scene is processed, in pixels. 0 is automatic. Larger tiles need more memory; the result hardly depends on the size.</source>
      <translation>分块处理时方形瓦片的边长，以像素计。0 表示自动。瓦片越大所需内存越多；对结果几乎没有影响。</translation>
    </message>
    <message>
      <source>How the values of the image are read. automatic: a value far from all others that many pixels have exactly, such as -9999 or the largest value of the data type, is treated as nodata, and the log names it with its share of the pixels; satellite embeddings with vectors of length 1, and those of TESSERA, are recognized; so are radar bands, by their names (VV, VH, HH, HV, sigma0), the unit dB or negative values in two to four bands, and a single band of elevations or heights, by its name (DEM, DTM, DSM, CHM, elevation, height), the name of the file or a unit of length. The log says what was recognized. as they are: only nodata that the file declares, NaN and values beyond 1e30 are nodata, and nothing is recognized. AlphaEarth int8: the bands are the signed bytes of AlphaEarth's embedding. embedding: the bands are the axes of one vector a pixel, and none means anything by itself. reflectance: pixels that are 0 in all bands are nodata; it is never recognized automatically. decibels: radar backscatter; power and amplitude are converted to decibels, and pixels of 0 are nodata. elevation: elevations or heights.</source>
      <translation>图像数值的读取方式。automatic：许多像素恰好具有且远离其他所有值的数值（例如 -9999 或数据类型的最大值）视为无数据，日志会列出该值及其像素占比；长度为 1 的卫星嵌入向量以及 TESSERA 的嵌入会被识别；雷达波段按名称（VV、VH、HH、HV、sigma0）、单位 dB 或二至四个波段中的负值识别；单个高程或高度波段按其名称（DEM、DTM、DSM、CHM、elevation、height）、文件名或长度单位识别。日志会说明识别结果。as they are：只有文件声明的无数据值、NaN 和超过 1e30 的值才是无数据，且不做任何识别。AlphaEarth int8：波段是 AlphaEarth 嵌入的有符号字节。embedding：各波段是每个像素一个向量的坐标轴，单个波段本身没有意义。reflectance：所有波段均为 0 的像素为无数据；从不自动识别。decibels：雷达后向散射；功率和振幅会转换为分贝，值为 0 的像素为无数据。elevation：高程或高度。</translation>
    </message>
    <message>
      <source>Remove brightness steps between mosaic tiles</source>
      <translation>消除镶嵌图幅之间的亮度跳变</translation>
    </message>
    <message>
      <source>Steps between the tiles of a mosaic, where a band jumps along a column or row, are always looked for and named in the log. If this is on, they are taken out: an offset is subtracted from each tile in each band, wherever the image is read.</source>
      <translation>镶嵌图幅之间的跳变（某一波段沿一列或一行突变）总会被查找并在日志中列出。启用后会消除这些跳变：读取影像时，从每个图幅的每个波段中减去一个偏移量。</translation>
    </message>
    <message>
      <source>Refine borders pixel by pixel</source>
      <translation>逐像元细化边界</translation>
    </message>
    <message>
      <source>A pixel that has several classes within 8 pixels takes the one that is most probable by its color and by the classes around it, so that borders follow the image and objects smaller than a superpixel appear. If this is off, all pixels of a superpixel have one class. It is not done with PRESET published, for given superpixels, and by models without clusters.</source>
      <translation>若一个像元周围 8 个像元内有多个类别，则按其颜色和周围的类别取最可能的一个，使边界与影像一致，并显现比超像素更小的对象。关闭时，一个超像素的所有像元属于同一类别。预设 published、给定的超像素以及没有聚类的模型不做此处理。</translation>
    </message>
    <message>
      <source>Largest file of superpixels (MB)</source>
      <translation>超像素文件大小上限（MB）</translation>
    </message>
    <message>
      <source>The superpixels with their features are stored beside the classes, in classes.tif.superseg.tif, up to this size: about 200 bytes a superpixel. With this file, classes can be split, corrected and learned from examples. 0: no such file.</source>
      <translation>超像素及其特征存储在类别旁的 classes.tif.superseg.tif 中，文件不超过此大小：每个超像素约 200 字节。有了该文件，可以拆分和修改类别，也可以由样例学习类别。0：不生成该文件。</translation>
    </message>
    <message>
      <source>Raster of classes, from 1; 0 is nodata.</source>
      <translation>类别栅格，从 1 开始；0 为无数据。</translation>
    </message>
    <message>
      <source>Raster of superpixel numbers, from 1; 0 is nodata.</source>
      <translation>超像素编号栅格，从 1 开始；0 为无数据。</translation>
    </message>
    <message>
      <source>Average color</source>
      <translation>平均颜色</translation>
    </message>
    <message>
      <source>The image with every pixel replaced by the average of its class, in all bands. Of an embedding, of two polarizations of radar, and of more than 12 bands without wavelengths: a picture of the averages in false colors, as red, green and blue bytes.</source>
      <translation>每个像素由其类别的平均值代替的影像，含所有波段。对于嵌入、雷达的两种极化以及没有波长的 12 个以上波段：平均值的假彩色图像，红、绿、蓝各一个字节。</translation>
    </message>
    <message>
      <source>Confidence of the class of each pixel, in percent. Of clusters, 50 to 100: how much of what surrounds a superpixel, as far as similar colors reach, is in the same or in a similar class. Of a network: the probability of the class.</source>
      <translation>每个像素所属类别的置信度，以百分数表示。对于聚类，为 50 至 100：在颜色相近的范围内，超像素周围有多少属于同一或相近的类别。对于网络，为该类别的概率。</translation>
    </message>
    <message>
      <source>Model</source>
      <translation>模型</translation>
    </message>
    <message>
      <source>The classes as a model file, to classify other images with the same bands.</source>
      <translation>保存这些类别的模型文件，可用于对波段相同的其他影像分类。</translation>
    </message>
    <message>
      <source>Report</source>
      <translation>报告</translation>
    </message>
    <message>
      <source>Web page for reading and printing: maps, classes, training curves, times, settings, and the command line that repeats the run.</source>
      <translation>可阅读和打印的网页：地图、类别、训练曲线、时间、设置，以及重复此次运行的命令行。</translation>
    </message>
    <message>
      <source>Number of superpixels</source>
      <translation>超像素数</translation>
    </message>
    <message>
      <source>Segment a folder</source>
      <translation>分割文件夹</translation>
    </message>
    <message>
      <source>batch</source>
      <translation>批处理</translation>
    </message>
    <message>
      <source>folder</source>
      <translation>文件夹</translation>
    </message>
    <message>
      <source>time series</source>
      <translation>时间序列</translation>
    </message>
    <message>
      <source>Divides all images of a folder into the same classes, without training samples.</source>
      <translation>将文件夹中的所有影像划分为相同的类别，无需训练样本。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Divides all images in a &lt;b&gt;folder&lt;/b&gt; into &lt;b&gt;classes&lt;/b&gt; of similar surface with &lt;b&gt;one legend&lt;/b&gt;, without training samples: tiles of a large area, flights of a drone, or dates of one place. Choose the folder and the number of classes, and name the classes afterwards. Applied to each image alone, &lt;i&gt;Segment&lt;/i&gt; would find other classes in each.&lt;/p&gt; &lt;p&gt;One model is trained on a sample of all images: small folders are taken whole, and of large ones 256 windows of 512 x 512 pixels, at least one of each image, by area. Then each image is classified with this model, as &lt;i&gt;Classify a folder with a model&lt;/i&gt; does. The &lt;b&gt;model&lt;/b&gt; is stored as &lt;i&gt;classes.superseg&lt;/i&gt; in the folder of results, unless another file is chosen, and classifies further images.&lt;/p&gt; &lt;p&gt;All images are opened before the work begins. The images must have the same bands in the same units. One that cannot be read, or has other bands or other units than most, is left out, and the log gives the reason. The results are named &lt;i&gt;name_classes.tif&lt;/i&gt; and have the same names, colors and numbers of classes. A run that was cancelled goes on where it ended.&lt;/p&gt; &lt;p&gt;The &lt;b&gt;table of classes&lt;/b&gt; lists pixels, area and percent of each class in each image. The &lt;b&gt;table of changes&lt;/b&gt; tells for several dates of one place what became what from each image to the next, in the order of their names.&lt;/p&gt; &lt;p&gt;Example: a drone survey of nine tiles. The result is nine class rasters with one legend.&lt;/p&gt;</source>
      <translation>&lt;p&gt;将一个&lt;b&gt;文件夹&lt;/b&gt;中的所有影像按&lt;b&gt;同一图例&lt;/b&gt;划分为地表相似的&lt;b&gt;类别&lt;/b&gt;，无需训练样本：可以是大区域的图幅、无人机的多个架次，或同一地点的多个日期。选择文件夹和类别数，之后再为类别命名。若对每幅影像单独执行&lt;i&gt;分割&lt;/i&gt;，每幅得到的类别各不相同。&lt;/p&gt; &lt;p&gt;用所有影像的样本训练一个模型：小文件夹整体参与；大文件夹取 256 个 512 x 512 像素的窗口，按面积分配，每幅影像至少一个。然后像&lt;i&gt;应用模型对文件夹分类&lt;/i&gt;那样，用该模型对每幅影像分类。除非另选文件，&lt;b&gt;模型&lt;/b&gt;以 &lt;i&gt;classes.superseg&lt;/i&gt; 存储在结果文件夹中，可用于对更多影像分类。&lt;/p&gt; &lt;p&gt;所有影像都在处理开始前打开。各影像须有相同的波段和相同的单位。无法读取的影像，或波段、单位与多数影像不同的影像，不参与处理，日志会给出原因。结果名为 &lt;i&gt;name_classes.tif&lt;/i&gt;，类别的名称、颜色和编号都相同。取消的运行可从中断处继续。&lt;/p&gt; &lt;p&gt;&lt;b&gt;类别表&lt;/b&gt;列出每幅影像中每个类别的像素数、面积和百分比。&lt;b&gt;变化表&lt;/b&gt;针对同一地点的多个日期，按影像名称的顺序说明从每幅影像到下一幅影像什么变成了什么。&lt;/p&gt; &lt;p&gt;示例：由九个图幅组成的无人机测量。结果是图例相同的九个类别栅格。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Cancelled; the scenes that were classified before stay in the folder, and the same run goes on with the others.</source>
      <translation>已取消；此前已分类的影像保留在文件夹中，再次执行相同的运行会继续处理其余影像。</translation>
    </message>
    <message>
      <source>Folder of images</source>
      <translation>影像文件夹</translation>
    </message>
    <message>
      <source>Folder with the images; its subfolders are not searched.</source>
      <translation>影像所在的文件夹；不搜索其子文件夹。</translation>
    </message>
    <message>
      <source>File names to include, with the wildcards * and ?; separate several patterns by semicolons.</source>
      <translation>要包括的文件名，可用通配符 * 和 ?；多个模式以分号分隔。</translation>
    </message>
    <message>
      <source>Number of classes of all images together; if they have fewer kinds of surface, the log says so. 0 is automatic: as many classes, from 2 to 24, as each explain at least 1 % of the differences between superpixels.</source>
      <translation>所有影像合计的类别数；若这些影像的地表种类较少，日志会说明。0 表示自动：取 2 到 24 个类别，其中每个类别至少解释超像素间差异的 1 %。</translation>
    </message>
    <message>
      <source>balanced: for nearly all images. fast: nearly as good, for very large scenes.</source>
      <translation>balanced：适合几乎所有影像。fast：效果相近，用于很大的场景。</translation>
    </message>
    <message>
      <source>Band numbers of the image to use. If empty, all bands except an alpha band. Separate the numbers by semicolons.</source>
      <translation>要使用的影像波段号。留空则使用除 alpha 波段以外的全部波段。波段号之间用分号分隔。</translation>
    </message>
    <message>
      <source>Rasters of other kinds that are used together with every image, such as an elevation model of the whole area, in all of their bands. Grid, pixel size and CRS may differ: the part that an image covers is brought to the grid of that image, larger pixels by interpolation, smaller ones by averages. Pixels without a value in any of the rasters are nodata; an image that one of the rasters does not overlap is left out, and the log names it. What each raster holds is recognized by itself, as with VALUES automatic. A model is applied to rasters of the same kinds in the same order. If the rasters lie in the folder, they are not taken for images.</source>
      <translation>与每幅影像一起使用的其他类型的栅格，例如整个区域的高程模型，使用其全部波段。格网、像素大小和坐标参考系可以不同：影像所覆盖的部分会转换到该影像的格网上，较大的像素用插值，较小的像素用平均值。在任一栅格中没有值的像素为无数据；与其中一个栅格没有重叠的影像会被略过，日志会列出其名称。每个栅格的内容单独识别，与 VALUES 为 automatic 时相同。模型按相同的顺序应用于相同类型的栅格。如果这些栅格位于该文件夹中，它们不会被当作影像。</translation>
    </message>
    <message>
      <source>The superpixels with their features are stored beside the classes, in name_classes.tif.superseg.tif, up to this size: about 200 bytes a superpixel. With this file, classes can be split, corrected and learned from examples. 0: no such file.</source>
      <translation>超像素及其特征存储在类别旁的 name_classes.tif.superseg.tif 中，文件不超过此大小：每个超像素约 200 字节。有了该文件，可以拆分和修改类别，也可以由样例学习类别。0：不生成该文件。</translation>
    </message>
    <message>
      <source>Folder of results</source>
      <translation>结果文件夹</translation>
    </message>
    <message>
      <source>Folder for the class rasters, which are named name_classes.tif. Those that are there already, of the same image, model and settings, are kept.</source>
      <translation>存放类别栅格的文件夹，文件名为 name_classes.tif。其中已有的、由相同影像、模型和设置得到的结果予以保留。</translation>
    </message>
    <message>
      <source>Table of changes</source>
      <translation>变化表</translation>
    </message>
    <message>
      <source>What became what from each image to the next, as comma-separated values; for images whose pixels coincide.</source>
      <translation>从每幅影像到下一幅影像什么变成了什么，以逗号分隔值的形式给出；适用于像素重合的影像。</translation>
    </message>
    <message>
      <source>Table of classes</source>
      <translation>类别表</translation>
    </message>
    <message>
      <source>The classes of all images as comma-separated values: image, class, name, pixels, area and percent of the area of the image.</source>
      <translation>所有影像的类别，以逗号分隔值的形式给出：影像、类别、名称、像素数、面积，以及占该影像面积的百分比。</translation>
    </message>
    <message>
      <source>The classes as a model file, to classify other images with the same bands; classes.superseg in the folder of results if empty.</source>
      <translation>保存这些类别的模型文件，可用于对波段相同的其他影像分类；留空则为结果文件夹中的 classes.superseg。</translation>
    </message>
    <message>
      <source>Class rasters</source>
      <translation>类别栅格</translation>
    </message>
    <message>
      <source>Number of images classified</source>
      <translation>已分类的影像数</translation>
    </message>
    <message>
      <source>felzenszwalb</source>
      <translation>Felzenszwalb 方法</translation>
    </message>
    <message>
      <source>slic</source>
      <translation>SLIC 方法</translation>
    </message>
    <message>
      <source>objects</source>
      <translation>对象</translation>
    </message>
    <message>
      <source>obia</source>
      <translation>面向对象影像分析</translation>
    </message>
    <message>
      <source>Divides an image into small patches of similar pixels.</source>
      <translation>将影像划分为由相似像素组成的小块。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Divides an image into &lt;b&gt;superpixels&lt;/b&gt;: small patches of neighboring, similar pixels whose borders follow the edges in the image.&lt;/p&gt; &lt;p&gt;&lt;i&gt;felzenszwalb&lt;/i&gt; merges neighbors as long as the difference between them is small compared with the differences inside them: superpixels differ in size and follow fine detail. &lt;i&gt;slic&lt;/i&gt; makes compact superpixels of about the same size.&lt;/p&gt; &lt;p&gt;The size can be set in three ways: by &lt;i&gt;Imagery&lt;/i&gt;, the size that suits a kind of sensor; by &lt;i&gt;Superpixel size&lt;/i&gt;, the side of the smallest superpixels in pixels or meters; or by scale, minimum size and region size of the method. The last apply while imagery is any and the superpixel size is 0. Setting the size in two ways is an error.&lt;/p&gt; &lt;p&gt;All bands are used. The scene is processed in tiles; superpixels are merged across the borders of the tiles, so that these do not show in the result.&lt;/p&gt; &lt;p&gt;The result contains a number for each superpixel, from 1 without gaps; 0 is nodata. It can be used in &lt;i&gt;Train a network&lt;/i&gt;, &lt;i&gt;Classify&lt;/i&gt; and &lt;i&gt;Average color&lt;/i&gt;.&lt;/p&gt;</source>
      <translation>&lt;p&gt;将影像划分为&lt;b&gt;超像素&lt;/b&gt;：由相邻且相似的像素组成的小块，其边界沿影像中的边缘。&lt;/p&gt; &lt;p&gt;&lt;i&gt;felzenszwalb&lt;/i&gt; 在相邻两块之间的差异小于其内部差异时将它们合并：超像素大小不一，能跟随细节。&lt;i&gt;slic&lt;/i&gt; 生成大小相近的紧凑超像素。&lt;/p&gt; &lt;p&gt;大小可用三种方式设定：&lt;i&gt;影像类型&lt;/i&gt;，即适合某种传感器的大小；&lt;i&gt;超像素大小&lt;/i&gt;，即最小超像素的边长，以像素或米计；或方法自身的尺度、最小大小和区域大小。后者在影像类型为 any 且超像素大小为 0 时有效。用两种方式设定大小会报错。&lt;/p&gt; &lt;p&gt;使用全部波段。影像分瓦片处理，跨瓦片边界的超像素会被合并，因此结果中看不出瓦片边界。&lt;/p&gt; &lt;p&gt;结果为每个超像素一个编号，从 1 起连续；0 为无数据。可用于&lt;i&gt;训练网络&lt;/i&gt;、&lt;i&gt;应用模型分类&lt;/i&gt;和&lt;i&gt;平均颜色&lt;/i&gt;。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Method</source>
      <translation>方法</translation>
    </message>
    <message>
      <source>felzenszwalb: superpixels of different sizes that follow fine detail. slic: compact superpixels of about the same size.</source>
      <translation>felzenszwalb：大小不一、跟随细节的超像素。slic：大小相近的紧凑超像素。</translation>
    </message>
    <message>
      <source>Kind of imagery, which sets the size of the superpixels on the ground; the pixel size is measured in the middle of the image, also for geographic coordinates. any: superpixels as MIN_SIZE or REGION_SIZE sets them, whatever their size on the ground. drone: of at least 0.4 m, for pixels of a few centimeters. aerial: of at least 1 m, for pixels of 10 to 50 cm. vhr: of at least 2.5 m, for satellites with pixels of 0.3 to 4 m. sentinel2: of at least 30 m. landsat: of at least 90 m. embedding: of at least 30 m, for satellite embeddings with pixels of 10 m, of which small fields are a few pixels. All but any set SCALE and MIN_SIZE, or REGION_SIZE with slic, which must then keep their defaults.</source>
      <translation>影像类型，决定超像素的地面大小；像素大小在影像中部测定，地理坐标也是如此。any：超像素由 MIN_SIZE 或 REGION_SIZE 决定，不论地面大小。drone（无人机）：至少 0.4 米，适合几厘米的像素。aerial（航空）：至少 1 米，适合 10 至 50 厘米的像素。vhr（甚高分辨率）：至少 2.5 米，适合像素为 0.3 至 4 米的卫星。sentinel2：至少 30 米。landsat：至少 90 米。embedding：至少 30 米，适用于像素为 10 米的卫星嵌入，小块田地在其中只有几个像素。除 any 以外，各项都会设定 SCALE 和 MIN_SIZE（slic 则为 REGION_SIZE），这些参数此时须保持默认值。</translation>
    </message>
    <message>
      <source>Unit of SUPERPIXEL_SIZE: pixels; or meters, whatever the units of the image's CRS.</source>
      <translation>SUPERPIXEL_SIZE 的单位：像素；或米，与影像坐标参考系的单位无关。</translation>
    </message>
    <message>
      <source>Scale (felzenszwalb)</source>
      <translation>尺度（felzenszwalb）</translation>
    </message>
    <message>
      <source>Larger values give larger superpixels. Used by felzenszwalb.</source>
      <translation>值越大，超像素越大。用于 felzenszwalb。</translation>
    </message>
    <message>
      <source>Minimum size (felzenszwalb, pixels)</source>
      <translation>最小大小（felzenszwalb，像素）</translation>
    </message>
    <message>
      <source>Superpixels of fewer pixels are merged with a neighbor. Used by felzenszwalb.</source>
      <translation>像素数更少的超像素并入邻居。用于 felzenszwalb。</translation>
    </message>
    <message>
      <source>Region size (slic, pixels)</source>
      <translation>区域大小（slic，像素）</translation>
    </message>
    <message>
      <source>Side of a typical superpixel. Used by slic.</source>
      <translation>典型超像素的边长。用于 slic。</translation>
    </message>
    <message>
      <source>Sigma (felzenszwalb, pixels)</source>
      <translation>Sigma（felzenszwalb，像素）</translation>
    </message>
    <message>
      <source>Standard deviation of the Gaussian filter that smooths the image first; 0 for no filter. Used by felzenszwalb.</source>
      <translation>预先平滑影像的高斯滤波的标准差；0 表示不滤波。用于 felzenszwalb。</translation>
    </message>
    <message>
      <source>Compactness (slic)</source>
      <translation>紧凑度（slic）</translation>
    </message>
    <message>
      <source>Larger values give squarer superpixels, smaller ones follow the edges more closely. Used by slic.</source>
      <translation>值越大，超像素越方正；越小则越贴近边缘。用于 slic。</translation>
    </message>
    <message>
      <source>Connectivity (felzenszwalb)</source>
      <translation>连通性（felzenszwalb）</translation>
    </message>
    <message>
      <source>Neighbors of a pixel: 8 includes the diagonal ones, which keeps narrow lines in one piece; 4 is a little faster. Used by felzenszwalb.</source>
      <translation>像素的邻域：8 包括对角方向，可使细线保持完整；4 稍快。用于 felzenszwalb。</translation>
    </message>
    <message>
      <source>Train a network</source>
      <translation>训练网络</translation>
    </message>
    <message>
      <source>training</source>
      <translation>训练</translation>
    </message>
    <message>
      <source>fcn</source>
      <translation>全卷积网络</translation>
    </message>
    <message>
      <source>network</source>
      <translation>神经网络</translation>
    </message>
    <message>
      <source>model</source>
      <translation>模型文件</translation>
    </message>
    <message>
      <source>Trains a small network to distinguish the classes of an image, without training samples.</source>
      <translation>训练小型网络以区分影像的类别，无需训练样本。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Trains a small fully convolutional network on the image itself. &lt;b&gt;No training samples are needed&lt;/b&gt;: the target classes are clusters of superpixels, or the network's own predictions (see &lt;i&gt;Guidance&lt;/i&gt;).&lt;/p&gt; &lt;p&gt;The result is a model file (&lt;code&gt;.superseg&lt;/code&gt;). &lt;i&gt;Classify&lt;/i&gt; applies it to this image or to any other image with the same bands. The model contains the network, the band statistics and the colors of the classes; with the guidance &lt;i&gt;clusters&lt;/i&gt; also the cluster model and the similarity of the classes. Opening a model runs no code.&lt;/p&gt; &lt;p&gt;The time depends on steps, patch size and batch size, not on the size of the scene: the patches are drawn from the whole scene.&lt;/p&gt;</source>
      <translation>&lt;p&gt;用影像自身训练小型全卷积网络。&lt;b&gt;无需训练样本&lt;/b&gt;：目标类别是超像素的聚类，或网络自身的预测（见&lt;i&gt;引导&lt;/i&gt;）。&lt;/p&gt; &lt;p&gt;结果是模型文件（&lt;code&gt;.superseg&lt;/code&gt;）。&lt;i&gt;应用模型分类&lt;/i&gt;可将它用于此影像或波段相同的任何其他影像。模型包含网络、波段统计和类别颜色；引导为 &lt;i&gt;clusters&lt;/i&gt; 时还包含聚类模型和类别之间的相似度。打开模型不会运行任何代码。&lt;/p&gt; &lt;p&gt;所需时间取决于步数、图块大小和批大小，而与影像大小无关：图块取自整幅影像。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Number of classes. With clusters, the model has as many, or fewer if the image has fewer kinds of surface; 0 is automatic. With selftraining, the training starts with as many and may end with fewer; 0 is not allowed.</source>
      <translation>类别数。采用 clusters 时，模型有这么多类别，影像地表种类较少时则更少；0 表示自动。采用 selftraining 时，训练从这么多类别开始，最终可能较少；此时不能取 0。</translation>
    </message>
    <message>
      <source>Kind of imagery, which sets the size of the superpixels on the ground; the pixel size is measured in the middle of the image, also for geographic coordinates. any: superpixels of at least 8 x 8 pixels (fewer in images of less than a megapixel, down to 3 x 3), whatever their size on the ground. drone: of at least 0.4 m, for pixels of a few centimeters. aerial: of at least 1 m, for pixels of 10 to 50 cm. vhr: of at least 2.5 m, for satellites with pixels of 0.3 to 4 m. sentinel2: of at least 30 m. landsat: of at least 90 m. embedding: of at least 30 m, for satellite embeddings with pixels of 10 m, of which small fields are a few pixels. Not with SUPERPIXELS.</source>
      <translation>影像类型，决定超像素的地面大小；像素大小在影像中部测定，地理坐标也是如此。any：超像素至少 8 x 8 像素（不足一百万像素的影像可更小，最小 3 x 3），不论地面大小。drone（无人机）：至少 0.4 米，适合几厘米的像素。aerial（航空）：至少 1 米，适合 10 至 50 厘米的像素。vhr（甚高分辨率）：至少 2.5 米，适合像素为 0.3 至 4 米的卫星。sentinel2：至少 30 米。landsat：至少 90 米。embedding：至少 30 米，适用于像素为 10 米的卫星嵌入，小块田地在其中只有几个像素。不能与 SUPERPIXELS 同时使用。</translation>
    </message>
    <message>
      <source>Guidance</source>
      <translation>引导</translation>
    </message>
    <message>
      <source>Target classes of the training. clusters: clusters of superpixels with similar color, texture and surroundings; they do not depend on the seed. selftraining: the network's own predictions, replaced by the most frequent class in each superpixel, as in the published method.</source>
      <translation>训练的目标类别。clusters：颜色、纹理和周围环境相似的超像素的聚类，与种子无关。selftraining：网络自身的预测，在每个超像素内取最常见的类别，与已发表的方法相同。</translation>
    </message>
    <message>
      <source>Steps</source>
      <translation>步骤</translation>
    </message>
    <message>
      <source>Number of training steps, of one batch each.</source>
      <translation>训练步数，每步一批。</translation>
    </message>
    <message>
      <source>Superpixels of the same image, on the same grid. If empty, they are computed with the size that IMAGERY sets.</source>
      <translation>同一影像、同一格网的超像素。留空则按 IMAGERY 设定的大小计算。</translation>
    </message>
    <message>
      <source>Network</source>
      <translation>网络</translation>
    </message>
    <message>
      <source>light: the faster network. published: the network of the published method.</source>
      <translation>light：较快的网络。published：已发表方法的网络。</translation>
    </message>
    <message>
      <source>Loss function. crossentropy: the usual one. focal: gives more weight to pixels that are hard to classify, often of rare classes. lovasz: optimizes the overlap (IoU) of each class.</source>
      <translation>损失函数。crossentropy：常用的损失。focal：加大难分类像素的权重，这类像素常属于稀少的类别。lovasz：优化各类别的重叠度（IoU）。</translation>
    </message>
    <message>
      <source>Patch size (pixels)</source>
      <translation>图块大小（像素）</translation>
    </message>
    <message>
      <source>Side of the square patches of the image that the network is trained on.</source>
      <translation>训练网络所用的方形影像图块的边长。</translation>
    </message>
    <message>
      <source>Batch size</source>
      <translation>批大小</translation>
    </message>
    <message>
      <source>Number of patches in each step. Fewer need less memory.</source>
      <translation>每步的图块数。越少所需内存越少。</translation>
    </message>
    <message>
      <source>Learning rate</source>
      <translation>学习率</translation>
    </message>
    <message>
      <source>Learning rate of the optimizer. Lower it if the loss oscillates.</source>
      <translation>优化器的学习率。损失振荡时请减小。</translation>
    </message>
    <message>
      <source>Initial model</source>
      <translation>初始模型</translation>
    </message>
    <message>
      <source>A model with the same bands, whose weights the training starts from. If BANDS is empty, its bands are found in the image as in Classify.</source>
      <translation>波段相同的模型，训练从其权重开始。若 BANDS 留空，则按“应用模型分类”的方式在影像中查找其波段。</translation>
    </message>
    <message>
      <source>The trained model with everything that is needed to apply it.</source>
      <translation>训练好的模型，包含应用它所需的一切。</translation>
    </message>
    <message>
      <source>Web page on the training: curves, times, settings, and the command line that repeats it.</source>
      <translation>关于训练的网页：曲线、时间、设置，以及重复该训练的命令行。</translation>
    </message>
    <message>
      <source>Final loss</source>
      <translation>最终损失</translation>
    </message>
    <message>
      <source>Classify with a model</source>
      <translation>应用模型分类</translation>
    </message>
    <message>
      <source>5 Other images and dates</source>
      <translation>5 其他影像与日期</translation>
    </message>
    <message>
      <source>inference</source>
      <translation>推断</translation>
    </message>
    <message>
      <source>Applies a trained model to an image, which gives a raster of classes.</source>
      <translation>将训练好的模型用于影像，得到类别栅格。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Assigns a class to every pixel of an image, by a &lt;b&gt;model&lt;/b&gt; of &lt;i&gt;Train a network&lt;/i&gt; or &lt;i&gt;Segment&lt;/i&gt;. The image must have the bands that the model was trained on; they are matched by their names, or chosen by number in the order of the model. Its values must be in the same units, otherwise the image is refused; it can then be matched to the values of the model. Classes of several dates or scenes can be compared if they are classified with the same model.&lt;/p&gt; &lt;p&gt;All pixels of a &lt;b&gt;superpixel&lt;/b&gt; get the same class. If the model was trained with clusters, it is found from color, texture and surroundings of the superpixel, otherwise from the network's predictions; smoothing assigns similar neighbors to the same class. For the image that the model was trained on, the result is that of &lt;i&gt;Segment&lt;/i&gt;. Superpixels are computed if none are given. With a smoothness of 0 and without superpixels, the network classifies each pixel. Patches smaller than the minimum area are merged into their neighbors.&lt;/p&gt; &lt;p&gt;If the model contains the similarity of its classes, &lt;i&gt;Merge classes&lt;/i&gt; can reduce their number without the image.&lt;/p&gt; &lt;p&gt;The class workbench can split, correct and teach the classes of the result if a &lt;b&gt;file of superpixels&lt;/b&gt; is stored beside it, as of &lt;i&gt;Segment&lt;/i&gt;. That needs a model that was trained with clusters, as those of &lt;i&gt;Segment&lt;/i&gt; are, and a classification by superpixels.&lt;/p&gt; &lt;p&gt;The scene is processed in tiles, which do not show in the result. Names, colors, areas and band means of the classes are stored in the file, where other programs can read them.&lt;/p&gt;</source>
      <translation>&lt;p&gt;用&lt;i&gt;训练网络&lt;/i&gt;或&lt;i&gt;分割&lt;/i&gt;得到的&lt;b&gt;模型&lt;/b&gt;为影像的每个像素确定类别。影像须具有训练模型时的波段；波段按名称匹配，或按模型的顺序用波段号选择。其值的单位须相同，否则拒绝处理该影像；此时可将其值匹配到模型的值。用同一模型分类的多个日期或多幅影像，其类别可以比较。&lt;/p&gt; &lt;p&gt;同一&lt;b&gt;超像素&lt;/b&gt;的所有像素属于同一类别。若模型用聚类训练，类别由超像素的颜色、纹理和周围环境得出，否则由网络的预测得出。平滑使相似的相邻超像素归入同一类别。对训练模型所用的影像，结果与&lt;i&gt;分割&lt;/i&gt;相同。未给出超像素时会自动计算。平滑度为 0 且没有超像素时，网络对每个像素分类。小于最小面积的图斑并入相邻图斑。&lt;/p&gt; &lt;p&gt;若模型包含类别之间的相似度，&lt;i&gt;合并类别&lt;/i&gt;无需影像即可减少类别数。&lt;/p&gt; &lt;p&gt;若结果旁存有&lt;b&gt;超像素文件&lt;/b&gt;（与&lt;i&gt;分割&lt;/i&gt;的结果相同），类别工作台可以拆分、修改和训练其类别。这需要用聚类训练的模型（&lt;i&gt;分割&lt;/i&gt;的模型即是如此），并按超像素分类。&lt;/p&gt; &lt;p&gt;影像分瓦片处理，结果中看不出瓦片。类别的名称、颜色、面积和波段均值存储在文件中，其他程序也能读取。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>The image: a raster layer with the bands that the model was trained on.</source>
      <translation>影像：具有训练模型时所用波段的栅格图层。</translation>
    </message>
    <message>
      <source>A model file (.superseg).</source>
      <translation>模型文件（.superseg）。</translation>
    </message>
    <message>
      <source>Unit of MIN_AREA: pixels; or square meters on the ellipsoid, whatever the units of the CRS.</source>
      <translation>MIN_AREA 的单位：像素；或椭球上的平方米，与坐标参考系的单位无关。</translation>
    </message>
    <message>
      <source>Band numbers of the image to use, in the order of the bands of the model. If empty, bands are matched by their names, if the image has the names of the model; otherwise by their numbers in the training image, if both images have the same number of bands; otherwise by their order.</source>
      <translation>要使用的影像波段号，按模型的波段顺序给出。留空时，若影像具有模型的波段名称，则按名称匹配；否则，若影像与训练影像的波段总数相同，则按训练影像中的波段号匹配；否则按顺序。</translation>
    </message>
    <message>
      <source>Superpixels of the same image, on the same grid; each gets one class. If empty, they are computed with default settings, unless smoothness is 0.</source>
      <translation>同一影像、同一格网的超像素；每个超像素为一个类别。留空则按默认设置计算，除非平滑度为 0。</translation>
    </message>
    <message>
      <source>Match values to the model</source>
      <translation>将值匹配到模型</translation>
    </message>
    <message>
      <source>Shifts and scales each band of the image so that its median and spread are those of the training image. For an image of the same kind of scene in other units, which is refused without it, for example reflectance from 0 to 1 with a model of reflectance from 0 to 10000. For an image with another mix of surfaces, the classes may be wrong.</source>
      <translation>平移并缩放影像的每个波段，使其中位数和离散度与训练影像相同。用于单位不同的同类影像，否则这类影像会被拒绝处理，例如用 0 到 10000 反射率的模型处理 0 到 1 的反射率影像。若影像的地物组成不同，类别可能有误。</translation>
    </message>
    <message>
      <source>Classify a folder with a model</source>
      <translation>应用模型对文件夹分类</translation>
    </message>
    <message>
      <source>Applies a trained model to all images of a folder.</source>
      <translation>将训练好的模型用于文件夹中的所有影像。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Applies &lt;i&gt;Classify&lt;/i&gt; with one &lt;b&gt;model&lt;/b&gt; to each image in a &lt;b&gt;folder&lt;/b&gt;, for example to several dates of one place or to the tiles of a large area. The classes of all results can be compared.&lt;/p&gt; &lt;p&gt;The &lt;b&gt;table of changes&lt;/b&gt; tells for several dates of one place what became what from each image to the next, in the order of their names: the classes with their names, &lt;i&gt;pixels&lt;/i&gt;, &lt;i&gt;area&lt;/i&gt; (square meters on the ellipsoid) and &lt;i&gt;percent&lt;/i&gt; of the area that has a class at both dates. &lt;i&gt;Changes between two dates&lt;/i&gt; maps them.&lt;/p&gt; &lt;p&gt;The results are named &lt;i&gt;name_classes.tif&lt;/i&gt; and are written to the folder of results. Several small images are classified at once. A run that was cancelled goes on where it ended: results of the same image, model and settings are kept. If an image cannot be classified, for example because it has other bands or other units, the log gives the reason and the next image follows. In the model designer, this algorithm takes the place of a loop.&lt;/p&gt; &lt;p&gt;Example: train on &lt;i&gt;may.tif&lt;/i&gt;, put the images of May to September into one folder, and choose that folder. The result is five class rasters with the same legend.&lt;/p&gt;</source>
      <translation>&lt;p&gt;用同一&lt;b&gt;模型&lt;/b&gt;对&lt;b&gt;文件夹&lt;/b&gt;中的每幅影像执行&lt;i&gt;应用模型分类&lt;/i&gt;，例如同一地点的多个日期，或大区域的多个图幅。所有结果的类别可以比较。&lt;/p&gt; &lt;p&gt;&lt;b&gt;变化表&lt;/b&gt;针对同一地点的多个日期，按影像名称的顺序说明从每幅影像到下一幅影像什么变成了什么：类别及其名称、&lt;i&gt;pixels&lt;/i&gt;（像素数）、&lt;i&gt;area&lt;/i&gt;（椭球面上的平方米）以及占两个日期均有类别的面积的百分比 &lt;i&gt;percent&lt;/i&gt;。&lt;i&gt;两个日期之间的变化&lt;/i&gt;可绘出这些变化。&lt;/p&gt; &lt;p&gt;结果名为 &lt;i&gt;name_classes.tif&lt;/i&gt;，写入结果文件夹。多幅小影像同时分类。取消的运行可从中断处继续：由相同影像、模型和设置得到的结果予以保留。若某幅影像无法分类（例如波段或单位不同），日志会给出原因，并继续处理下一幅。在模型设计器中，本算法可代替循环。&lt;/p&gt; &lt;p&gt;示例：用 &lt;i&gt;may.tif&lt;/i&gt; 训练，把五月至九月的影像放入一个文件夹并选择该文件夹，结果为图例相同的五个类别栅格。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Band numbers of the image to use, in the order of the bands of the model. If empty, bands are matched by their names, if the image has the names of the model; otherwise by their numbers in the training image, if both images have the same number of bands; otherwise by their order. Separate the numbers by semicolons.</source>
      <translation>要使用的影像波段号，按模型的波段顺序给出。留空时，若影像具有模型的波段名称，则按名称匹配；否则，若影像与训练影像的波段总数相同，则按训练影像中的波段号匹配；否则按顺序。波段号之间用分号分隔。</translation>
    </message>
    <message>
      <source>4 Export</source>
      <translation>4 导出</translation>
    </message>
    <message>
      <source>average</source>
      <translation>平均</translation>
    </message>
    <message>
      <source>color</source>
      <translation>颜色</translation>
    </message>
    <message>
      <source>mean</source>
      <translation>均值</translation>
    </message>
    <message>
      <source>classes</source>
      <translation>类别图</translation>
    </message>
    <message>
      <source>Replaces every pixel of an image by the average of its class.</source>
      <translation>用类别的平均值代替影像的每个像素。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Replaces every pixel of an image by the &lt;b&gt;average of its class&lt;/b&gt; in each band. The result has the bands and the data type of the image.&lt;/p&gt; &lt;p&gt;The bands of an &lt;b&gt;embedding&lt;/b&gt; are no colors, nor are two polarizations of radar, nor more than 12 bands without wavelengths: the result is then a picture of the averages in false colors. Red, green and blue are the first three principal components; of radar, they are VV, VH and their ratio in decibels. The classes of one model have the same colors in every year.&lt;/p&gt; &lt;p&gt;With &lt;b&gt;superpixels&lt;/b&gt;, every superpixel is first assigned to its most frequent class.&lt;/p&gt; &lt;p&gt;The classes may be any raster of integers. This algorithm works without the runtime.&lt;/p&gt;</source>
      <translation>&lt;p&gt;在每个波段中，用&lt;b&gt;其类别的平均值&lt;/b&gt;代替影像的每个像素。结果具有影像的波段和数据类型。&lt;/p&gt; &lt;p&gt;&lt;b&gt;嵌入&lt;/b&gt;的波段不是颜色，雷达的两种极化以及没有波长的 12 个以上波段也不是：此时结果是平均值的假彩色图像。红、绿、蓝为前三个主成分；对于雷达，则为以分贝表示的 VV、VH 及其比值。同一模型的类别在每一年颜色相同。&lt;/p&gt; &lt;p&gt;给出&lt;b&gt;超像素&lt;/b&gt;时，每个超像素先归入其最常见的类别。&lt;/p&gt; &lt;p&gt;任何整数栅格都可作为类别。本算法无需运行环境。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>The image whose values are averaged; all bands except an alpha band.</source>
      <translation>要计算平均值的影像；使用除 alpha 波段以外的所有波段。</translation>
    </message>
    <message>
      <source>Raster of classes of the image, on its grid or on a part of it.</source>
      <translation>影像的类别栅格，位于其格网或其中一部分。</translation>
    </message>
    <message>
      <source>Superpixels on the grid of the classes; each is assigned to its most frequent class before averaging.</source>
      <translation>类别格网上的超像素；计算平均值之前，每个超像素先归入其最常见的类别。</translation>
    </message>
    <message>
      <source>2 Name and correct</source>
      <translation>2 命名与修正</translation>
    </message>
    <message>
      <source>merge</source>
      <translation>合并</translation>
    </message>
    <message>
      <source>reclassify</source>
      <translation>重分类</translation>
    </message>
    <message>
      <source>rename</source>
      <translation>改名</translation>
    </message>
    <message>
      <source>sieve</source>
      <translation>筛除</translation>
    </message>
    <message>
      <source>generalize</source>
      <translation>综合</translation>
    </message>
    <message>
      <source>legend</source>
      <translation>图例</translation>
    </message>
    <message>
      <source>Reduces the number of classes by similarity or by a table, and removes small patches.</source>
      <translation>按相似度或表格减少类别数，并消除小图斑。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Merges classes in one or more of these ways:&lt;/p&gt; &lt;ul&gt; &lt;li&gt;&lt;b&gt;By number&lt;/b&gt;: the most similar classes are merged until the given number is left. They are renumbered, the largest first.&lt;/li&gt; &lt;li&gt;&lt;b&gt;By table&lt;/b&gt;: a text file lists which class becomes which, and may give names and colors. Classes that are not in the table are kept.&lt;/li&gt; &lt;li&gt;&lt;b&gt;Minimum area&lt;/b&gt;: patches smaller than the minimum area are merged into a similar neighbor, weighted by the length of the common border, the smallest patches first, as in &lt;i&gt;Segment&lt;/i&gt; and &lt;i&gt;Classify&lt;/i&gt;. All other pixels are unchanged.&lt;/li&gt; &lt;/ul&gt; &lt;p&gt;The similarity of the classes is computed from the &lt;b&gt;image&lt;/b&gt; if it is given. Otherwise it is read from the &lt;b&gt;model&lt;/b&gt;, or from the file that &lt;i&gt;Segment&lt;/i&gt; and &lt;i&gt;Classify&lt;/i&gt; write beside their classes (&lt;i&gt;classes.tif.superseg.json&lt;/i&gt;). The result has such a file, too, so that it can be merged again.&lt;/p&gt; &lt;p&gt;Example: &lt;i&gt;Segment&lt;/i&gt; has found 16 classes in &lt;i&gt;classes.tif&lt;/i&gt;. Choose that raster, enter 8 as the number of classes and leave everything else empty: the most similar classes are merged until 8 are left. In a model, connect the classes of &lt;i&gt;Segment&lt;/i&gt; to this input.&lt;/p&gt; &lt;p&gt;Example: of the 16 classes, 3 and 7 are forest and 5 is water. With this table in &lt;i&gt;forest.csv&lt;/i&gt;&lt;/p&gt; &lt;pre&gt;from,to,name,color&lt;br&gt;3,3,Forest,#1b7837&lt;br&gt;7,3,,&lt;br&gt;5,5,Water,#2166ac&lt;/pre&gt; &lt;p&gt;and a minimum area of 500 in units of meters, classes 3 and 7 become one class called Forest, class 5 is called Water, and no patch smaller than 500 square meters is left, unless it is surrounded by nodata.&lt;/p&gt; &lt;p&gt;The classes may come from any program. With an image, any raster of integers from 1 with at most 255 different values is accepted; 0 counts as nodata unless the file or the layer declares another nodata value. This algorithm works without the runtime.&lt;/p&gt;</source>
      <translation>&lt;p&gt;用以下一种或多种方式合并类别：&lt;/p&gt; &lt;ul&gt; &lt;li&gt;&lt;b&gt;按数目&lt;/b&gt;：依次合并最相似的类别，直到剩下给定的数目。类别重新编号，面积最大的在前。&lt;/li&gt; &lt;li&gt;&lt;b&gt;按表格&lt;/b&gt;：文本文件列出哪个类别成为哪个类别，并可给出名称和颜色。表格中没有的类别保持不变。&lt;/li&gt; &lt;li&gt;&lt;b&gt;最小面积&lt;/b&gt;：小于最小面积的图斑并入相似的相邻图斑，以公共边界的长度加权，最小的图斑先处理，与&lt;i&gt;分割&lt;/i&gt;和&lt;i&gt;应用模型分类&lt;/i&gt;相同。其余像素不变。&lt;/li&gt; &lt;/ul&gt; &lt;p&gt;给出&lt;b&gt;影像&lt;/b&gt;时，类别之间的相似度由影像计算；否则从&lt;b&gt;模型&lt;/b&gt;读取，或从&lt;i&gt;分割&lt;/i&gt;和&lt;i&gt;应用模型分类&lt;/i&gt;写在类别旁的文件（&lt;i&gt;classes.tif.superseg.json&lt;/i&gt;）读取。结果也带有这样的文件，因此可以再次合并。&lt;/p&gt; &lt;p&gt;示例：&lt;i&gt;分割&lt;/i&gt;在 &lt;i&gt;classes.tif&lt;/i&gt; 中得到 16 类。选择该栅格，类别数填 8，其余留空：最相似的类别依次合并，直到剩下 8 类。在模型中，将&lt;i&gt;分割&lt;/i&gt;的类别连接到此输入。&lt;/p&gt; &lt;p&gt;示例：16 类中，3 和 7 是森林，5 是水体。用 &lt;i&gt;forest.csv&lt;/i&gt; 中的下表&lt;/p&gt; &lt;pre&gt;from,to,name,color&lt;br&gt;3,3,Forest,#1b7837&lt;br&gt;7,3,,&lt;br&gt;5,5,Water,#2166ac&lt;/pre&gt; &lt;p&gt;和最小面积 500（单位为 meters），3 与 7 合并为名为 Forest 的一类，5 命名为 Water，并且不再有小于 500 平方米的图斑，除非其四周为无数据。&lt;/p&gt; &lt;p&gt;类别可来自任何程序。给出影像时，可用任何从 1 开始、最多有 255 个不同值的整数栅格；0 视为无数据，除非文件或图层声明了其他无数据值。本算法无需运行环境。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>The raster of classes to merge.</source>
      <translation>要合并的类别栅格。</translation>
    </message>
    <message>
      <source>Number of classes to keep; the most similar ones are merged. 0 or empty: do not merge by number.</source>
      <translation>要保留的类别数；最相似的类别被合并。0 或留空：不按数目合并。</translation>
    </message>
    <message>
      <source>Table</source>
      <translation>表格文件</translation>
    </message>
    <message>
      <source>Text file in UTF-8 with the columns from, to, name and color, separated by comma, semicolon or tab; name and color (such as #1b7837) are optional. Each line assigns the class from to the class to.</source>
      <translation>UTF-8 文本文件，列为 from、to、name 和 color，以逗号、分号或制表符分隔；name 和 color（如 #1b7837）可省略。每行将类别 from 归入类别 to。</translation>
    </message>
    <message>
      <source>The image that was classified: classes are compared by its values in all bands except alpha. It may be larger than the class raster.</source>
      <translation>被分类的影像：按其除 alpha 以外所有波段的数值比较类别。其范围可以大于类别栅格。</translation>
    </message>
    <message>
      <source>The model of the classes (.superseg), which contains their similarity and their names. Not needed with an image, or if the file that Segment writes is beside the classes.</source>
      <translation>这些类别的模型（.superseg），包含类别之间的相似度和类别名称。给出影像，或类别旁有“分割”所写的文件时不需要。</translation>
    </message>
    <message>
      <source>Merged classes</source>
      <translation>合并后的类别</translation>
    </message>
    <message>
      <source>Split class</source>
      <translation>拆分类别</translation>
    </message>
    <message>
      <source>split</source>
      <translation>拆分</translation>
    </message>
    <message>
      <source>divide</source>
      <translation>划分</translation>
    </message>
    <message>
      <source>subclass</source>
      <translation>子类</translation>
    </message>
    <message>
      <source>cluster</source>
      <translation>聚类</translation>
    </message>
    <message>
      <source>Splits classes that are too broad, by the features of their superpixels.</source>
      <translation>按超像素的特征拆分过宽的类别。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Splits one or more classes into 2 to 8 classes, such as &lt;i&gt;roofs and roads&lt;/i&gt; into roofs and roads. Two ways:&lt;/p&gt; &lt;ul&gt; &lt;li&gt;&lt;b&gt;By features&lt;/b&gt;: the superpixels of the classes are divided by their color, texture and surroundings, as &lt;i&gt;Segment&lt;/i&gt; does for the whole image.&lt;/li&gt; &lt;li&gt;&lt;b&gt;By polygons&lt;/b&gt;: the superpixels of the classes of which at least half lies in the polygons become a class of their own.&lt;/li&gt; &lt;/ul&gt; &lt;p&gt;The largest part keeps number, name and color of the class; the others get the next free numbers. All other classes are unchanged. In the tree of classes, the parts are merged again first.&lt;/p&gt; &lt;p&gt;Needs the file &lt;i&gt;classes.tif.superseg.tif&lt;/i&gt; that &lt;i&gt;Segment&lt;/i&gt; and &lt;i&gt;Classify&lt;/i&gt; write. The result has such a file, too, so that it can be split again. Neither the image nor the runtime is needed. The class workbench splits classes on the map, with undo.&lt;/p&gt;</source>
      <translation>&lt;p&gt;将一个或多个类别拆分为 2 至 8 个类别，例如把&lt;i&gt;屋顶和道路&lt;/i&gt;拆分为屋顶与道路。有两种方式：&lt;/p&gt; &lt;ul&gt; &lt;li&gt;&lt;b&gt;按特征&lt;/b&gt;：按颜色、纹理和周围环境划分这些类别的超像素，与&lt;i&gt;分割&lt;/i&gt;对整幅影像的做法相同。&lt;/li&gt; &lt;li&gt;&lt;b&gt;按多边形&lt;/b&gt;：这些类别中至少一半位于多边形内的超像素成为一个独立的类别。&lt;/li&gt; &lt;/ul&gt; &lt;p&gt;最大的部分保留该类别的编号、名称和颜色，其余部分使用后续的空闲编号。其他类别均不变。在类别树中，这些部分最先重新合并。&lt;/p&gt; &lt;p&gt;需要&lt;i&gt;分割&lt;/i&gt;和&lt;i&gt;应用模型分类&lt;/i&gt;写出的文件 &lt;i&gt;classes.tif.superseg.tif&lt;/i&gt;。结果也带有这样的文件，因此可以再次拆分。不需要影像，也不需要运行环境。类别工作台可在地图上拆分类别，并可撤销。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>The class raster, a result of Segment or Classify.</source>
      <translation>类别栅格，即“分割”或“应用模型分类”的结果。</translation>
    </message>
    <message>
      <source>Classes to split</source>
      <translation>要拆分的类别</translation>
    </message>
    <message>
      <source>Numbers or names of the classes to split, separated by semicolons, such as 3;7. They are split together. May be empty with polygons: all classes in them are split.</source>
      <translation>要拆分的类别的编号或名称，以分号分隔，如 3;7。它们一起拆分。有多边形时可以为空：拆分多边形内的所有类别。</translation>
    </message>
    <message>
      <source>Number of parts</source>
      <translation>部分数</translation>
    </message>
    <message>
      <source>Number of classes that the classes to split become. Not used with polygons.</source>
      <translation>要拆分的类别变成的类别数。有多边形时不使用。</translation>
    </message>
    <message>
      <source>Polygons</source>
      <translation>多边形</translation>
    </message>
    <message>
      <source>Superpixels of the classes inside these polygons become a class of their own.</source>
      <translation>这些类别中位于这些多边形内的超像素成为一个独立的类别。</translation>
    </message>
    <message>
      <source>Split classes</source>
      <translation>拆分后的类别</translation>
    </message>
    <message>
      <source>Label by examples</source>
      <translation>按示例标注</translation>
    </message>
    <message>
      <source>examples</source>
      <translation>示例</translation>
    </message>
    <message>
      <source>supervised</source>
      <translation>监督</translation>
    </message>
    <message>
      <source>names</source>
      <translation>名称</translation>
    </message>
    <message>
      <source>Makes a named map from a few examples, points or polygons with names.</source>
      <translation>由少量带名称的示例（点或多边形）生成带名称的地图。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Learns from a few &lt;b&gt;examples&lt;/b&gt;, points or polygons with a field of names, and names the other superpixels of a result of &lt;i&gt;Segment&lt;/i&gt;: by their color, texture and surroundings, by the tree of classes, and, with many examples, by their distance. Twenty examples are a good beginning; the class workbench asks for those that tell most.&lt;/p&gt; &lt;p&gt;A &lt;b&gt;point&lt;/b&gt; is an example of the superpixel that it lies in, &lt;b&gt;polygons&lt;/b&gt; are examples of all superpixels of which at least half lies in them. Where examples of several names lie in one superpixel, the more frequent name counts. Examples off the raster, on nodata or without a name are left out.&lt;/p&gt; &lt;p&gt;&lt;b&gt;Classes without an example stay as they are.&lt;/b&gt; All superpixels of the other classes get one of the names. A class that gets one name as a whole keeps its number and color.&lt;/p&gt; &lt;p&gt;The &lt;b&gt;confidence&lt;/b&gt; is the estimated probability of the name of each superpixel; low values show where an example is missing.&lt;/p&gt; &lt;p&gt;With the &lt;b&gt;model&lt;/b&gt; that &lt;i&gt;Segment&lt;/i&gt; wrote, the result is a &lt;b&gt;labelled model&lt;/b&gt;, too, with which &lt;i&gt;Classify&lt;/i&gt; gives other scenes the same names.&lt;/p&gt; &lt;p&gt;Example: &lt;i&gt;classes.tif&lt;/i&gt; has 16 classes. With 20 points of Forest, Field, Water and Town in the field &lt;i&gt;name&lt;/i&gt;, at least one of them in every class, the result has four classes with these names.&lt;/p&gt; &lt;p&gt;Needs the file &lt;i&gt;classes.tif.superseg.tif&lt;/i&gt; that &lt;i&gt;Segment&lt;/i&gt; and &lt;i&gt;Classify&lt;/i&gt; write; the image is not needed. The result has such a file, too.&lt;/p&gt;</source>
      <translation>&lt;p&gt;由少量&lt;b&gt;示例&lt;/b&gt;（带有名称字段的点或多边形）学习，为&lt;i&gt;分割&lt;/i&gt;结果的其余超像素命名：依据其颜色、纹理和周围环境，依据类别树，示例较多时还依据距离。二十个示例是良好的开始；类别工作台会询问最有价值的位置。&lt;/p&gt; &lt;p&gt;&lt;b&gt;点&lt;/b&gt;是其所在超像素的示例；&lt;b&gt;多边形&lt;/b&gt;是至少一半面积位于其中的所有超像素的示例。一个超像素中有多个名称的示例时，以较多的名称为准。栅格之外、位于无数据处或没有名称的示例不计。&lt;/p&gt; &lt;p&gt;&lt;b&gt;没有示例的类别保持不变。&lt;/b&gt;其他类别的所有超像素都会得到其中一个名称。整体得到同一名称的类别保留其编号和颜色。&lt;/p&gt; &lt;p&gt;&lt;b&gt;置信度&lt;/b&gt;是每个超像素的名称的估计概率；值较低处缺少示例。&lt;/p&gt; &lt;p&gt;若给出&lt;i&gt;分割&lt;/i&gt;写出的&lt;b&gt;模型&lt;/b&gt;，结果还包括&lt;b&gt;标注后的模型&lt;/b&gt;，&lt;i&gt;分类&lt;/i&gt;用它给其他场景同样的名称。&lt;/p&gt; &lt;p&gt;示例：&lt;i&gt;classes.tif&lt;/i&gt; 有 16 个类别。用字段 &lt;i&gt;name&lt;/i&gt; 中为森林、农田、水体和城镇的 20 个点，且每个类别中至少有一个点，结果就有这四个名称的四个类别。&lt;/p&gt; &lt;p&gt;需要&lt;i&gt;分割&lt;/i&gt;和&lt;i&gt;应用模型分类&lt;/i&gt;写出的文件 &lt;i&gt;classes.tif.superseg.tif&lt;/i&gt;；不需要影像。结果也有这样的文件。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Examples</source>
      <translation>示例</translation>
    </message>
    <message>
      <source>Points or polygons with a field of names, in any CRS.</source>
      <translation>带有名称字段的点或多边形，可为任意坐标参照系。</translation>
    </message>
    <message>
      <source>Field of the names</source>
      <translation>名称字段</translation>
    </message>
    <message>
      <source>Field of the examples with their names; those without one do not count.</source>
      <translation>示例的名称所在字段；没有名称的示例不计。</translation>
    </message>
    <message>
      <source>The model (.superseg) that Segment wrote with these classes; only needed for the labelled model.</source>
      <translation>“分割”与这些类别一起写出的模型 (.superseg)；仅标注后的模型需要。</translation>
    </message>
    <message>
      <source>Labelled classes</source>
      <translation>标注后的类别</translation>
    </message>
    <message>
      <source>Confidence of the name of each pixel, in percent.</source>
      <translation>每个像素的名称的置信度，以百分比表示。</translation>
    </message>
    <message>
      <source>Labelled model</source>
      <translation>标注后的模型</translation>
    </message>
    <message>
      <source>The model with the named classes, which classifies other scenes with Classify.</source>
      <translation>带有命名类别的模型，可用“分类”对其他场景分类。</translation>
    </message>
    <message>
      <source>Similarity to examples</source>
      <translation>与示例的相似度</translation>
    </message>
    <message>
      <source>similarity</source>
      <translation>相似度</translation>
    </message>
    <message>
      <source>search</source>
      <translation>搜索</translation>
    </message>
    <message>
      <source>more like this</source>
      <translation>查找相似</translation>
    </message>
    <message>
      <source>embedding</source>
      <translation>嵌入</translation>
    </message>
    <message>
      <source>Shows where the land is like that at a few places: a raster of similarity, 0 to 1.</source>
      <translation>显示哪里的地物与若干位置相似：取值 0 到 1 的相似度栅格。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Compares all superpixels of a result of &lt;i&gt;Segment&lt;/i&gt; with those at a few &lt;b&gt;examples&lt;/b&gt;, points or polygons on one kind of land, and writes the &lt;b&gt;similarity&lt;/b&gt; of each: 1 for the examples, 0 for superpixels that have nothing in common with them. To find more places like these, select the pixels above a threshold; 0.8 is a good beginning.&lt;/p&gt; &lt;p&gt;A point is an example of the superpixel that it lies in, a polygon of all superpixels of which at least half lies in it. With several examples, the most similar one counts, so that they may show different sides of what is looked for.&lt;/p&gt; &lt;p&gt;The similarity is the &lt;b&gt;cosine&lt;/b&gt; of the angle between two vectors; negative values become 0. The vector of a superpixel holds the features that the classes are distinguished by, minus their mean over the scene: of an embedding its values, of other images color, texture and surroundings. Half of it comes from the neighbors, weighted by the length of the common border.&lt;/p&gt; &lt;p&gt;Needs the file &lt;i&gt;classes.tif.superseg.tif&lt;/i&gt; that &lt;i&gt;Segment&lt;/i&gt; and &lt;i&gt;Classify&lt;/i&gt; write. Neither the image nor the runtime is needed. In the class workbench, &lt;i&gt;More like this&lt;/i&gt; does the same on the map, and gives the superpixels above the threshold a name.&lt;/p&gt;</source>
      <translation>&lt;p&gt;将&lt;i&gt;分割&lt;/i&gt;结果中的所有超像素与若干&lt;b&gt;示例&lt;/b&gt;（位于某一种地物上的点或多边形）处的超像素比较，并输出每个超像素的&lt;b&gt;相似度&lt;/b&gt;：示例为 1，与示例毫无共同之处的超像素为 0。要查找更多类似的地方，选择高于某一阈值的像素；0.8 是合适的起点。&lt;/p&gt; &lt;p&gt;点是其所在超像素的示例，多边形是至少一半位于其中的所有超像素的示例。有多个示例时，以最相似的一个为准，因此示例可以展示所查找地物的不同方面。&lt;/p&gt; &lt;p&gt;相似度是两个向量夹角的&lt;b&gt;余弦&lt;/b&gt;，负值记为 0。超像素的向量由区分类别所用的特征减去其在整景中的均值构成：对于嵌入是其数值，对于其他图像是颜色、纹理和周围环境。向量的一半来自相邻超像素，按公共边界的长度加权。&lt;/p&gt; &lt;p&gt;需要&lt;i&gt;分割&lt;/i&gt;和&lt;i&gt;应用模型分类&lt;/i&gt;写出的文件 &lt;i&gt;classes.tif.superseg.tif&lt;/i&gt;，不需要图像，也不需要运行环境。在类别工作台中，&lt;i&gt;查找相似&lt;/i&gt;在地图上完成同样的工作，并为高于阈值的超像素命名。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Points or polygons on the kind of land that is looked for, in any CRS.</source>
      <translation>位于所查找地物上的点或多边形，坐标参考系不限。</translation>
    </message>
    <message>
      <source>Similarity</source>
      <translation>相似度</translation>
    </message>
    <message>
      <source>Raster of similarity, from 0 to 1; -9999 is nodata.</source>
      <translation>相似度栅格，从 0 到 1；-9999 为无数据。</translation>
    </message>
    <message>
      <source>Suggest names</source>
      <translation>建议名称</translation>
    </message>
    <message>
      <source>WorldCover</source>
      <translation>WorldCover</translation>
    </message>
    <message>
      <source>CORINE</source>
      <translation>CORINE</translation>
    </message>
    <message>
      <source>OSM</source>
      <translation>OSM</translation>
    </message>
    <message>
      <source>table</source>
      <translation>表格</translation>
    </message>
    <message>
      <source>Proposes names and colors for classes from a land-cover map or polygons.</source>
      <translation>根据土地覆盖图或多边形为类别建议名称和颜色。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Compares a raster of classes with a &lt;b&gt;reference&lt;/b&gt; that covers all or a part of it, and proposes for each class the name and color of the reference class that most of its pixels have. The reference is a land-cover map, such as ESA WorldCover or CORINE, or a layer of &lt;b&gt;polygons&lt;/b&gt; with a &lt;b&gt;field&lt;/b&gt; of names, such as OpenStreetMap or a cadastre. It may have any grid and CRS; a raster is warped by the nearest pixel.&lt;/p&gt; &lt;p&gt;The share of these pixels is the &lt;b&gt;purity&lt;/b&gt; of the class. Below the smallest purity the class is mixed and gets no name; split it, or name it manually.&lt;/p&gt; &lt;p&gt;The &lt;b&gt;table&lt;/b&gt; has the columns from, to, name, color, purity and remark; classes of one name become one. Look at it, change what you know better, and apply it with &lt;i&gt;Merge classes&lt;/i&gt; or in the class workbench (&lt;i&gt;Name as&lt;/i&gt;).&lt;/p&gt; &lt;p&gt;Names and colors are those of the attribute table, categories or color table of the raster, or those of the style of its layer. Files of ESA WorldCover, which contain no names, are recognized by their colors.&lt;/p&gt; &lt;p&gt;Example: &lt;i&gt;classes.tif&lt;/i&gt; has 16 classes. With WorldCover as reference, nine of them are named, four of these Tree cover, and two are mixed. &lt;i&gt;Merge classes&lt;/i&gt; with this table makes the named map. This algorithm works without the runtime.&lt;/p&gt;</source>
      <translation>&lt;p&gt;将类别栅格与覆盖其全部或部分的&lt;b&gt;参考&lt;/b&gt;比较，为每个类别建议其大多数像素所属参考类别的名称和颜色。参考可以是土地覆盖图（如 ESA WorldCover 或 CORINE），也可以是带名称&lt;b&gt;字段&lt;/b&gt;的&lt;b&gt;多边形&lt;/b&gt;图层（如 OpenStreetMap 或地籍）。其格网和坐标参考系不限；栅格按最邻近像素变换。&lt;/p&gt; &lt;p&gt;这些像素所占的比例是类别的&lt;b&gt;纯度&lt;/b&gt;。低于最小纯度的类别是混合的，不命名；可将其拆分，或手动命名。&lt;/p&gt; &lt;p&gt;&lt;b&gt;表格&lt;/b&gt;的列为 from、to、name、color、purity 和 remark；名称相同的类别合为一类。请查看并按需修改，然后用&lt;i&gt;合并类别&lt;/i&gt;或在类别工作台中（&lt;i&gt;命名为&lt;/i&gt;）应用。&lt;/p&gt; &lt;p&gt;名称和颜色取自栅格的属性表、类别名或颜色表，或其图层的样式。ESA WorldCover 的文件不含名称，按其颜色识别。&lt;/p&gt; &lt;p&gt;示例：&lt;i&gt;classes.tif&lt;/i&gt; 有 16 类。以 WorldCover 为参考，其中九类得到名称，四类为 Tree cover，两类是混合的。用此表格运行&lt;i&gt;合并类别&lt;/i&gt;即得到已命名的地图。本算法无需运行环境。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>The raster of classes to name.</source>
      <translation>要命名的类别栅格。</translation>
    </message>
    <message>
      <source>Land-cover map</source>
      <translation>土地覆盖图</translation>
    </message>
    <message>
      <source>Raster of named classes, on any grid and in any CRS; or give polygons.</source>
      <translation>带名称的类别栅格，格网和坐标参考系不限；也可改用多边形。</translation>
    </message>
    <message>
      <source>Polygons with a field of names, in any CRS; in place of a land-cover map. Pixels in polygons of several names do not count.</source>
      <translation>带名称字段的多边形，坐标参考系不限；用于代替土地覆盖图。位于多个不同名称多边形中的像素不计入。</translation>
    </message>
    <message>
      <source>Field of the polygons with the names; polygons without one do not count.</source>
      <translation>多边形的名称字段；没有名称的多边形不计。</translation>
    </message>
    <message>
      <source>Smallest purity (percent)</source>
      <translation>最小纯度（百分比）</translation>
    </message>
    <message>
      <source>Classes of which less than this share is of one reference class get no name. At 60, at most two of five pixels of a named class are of another reference class.</source>
      <translation>若类别中属于同一参考类别的比例小于此值，则不命名。设为 60 时，已命名类别的五个像素中最多两个属于其他参考类别。</translation>
    </message>
    <message>
      <source>Table of names</source>
      <translation>名称表</translation>
    </message>
    <message>
      <source>The proposals as comma-separated values, which Merge classes reads.</source>
      <translation>以逗号分隔的建议表，可由“合并类别”读取。</translation>
    </message>
    <message>
      <source>Number of classes with a name</source>
      <translation>有名称的类别数</translation>
    </message>
    <message>
      <source>Number of classes without a name</source>
      <translation>无名称的类别数</translation>
    </message>
    <message>
      <source>Class polygons</source>
      <translation>类别多边形</translation>
    </message>
    <message>
      <source>polygonize</source>
      <translation>多边形化</translation>
    </message>
    <message>
      <source>vectorize</source>
      <translation>矢量化</translation>
    </message>
    <message>
      <source>polygons</source>
      <translation>多边形</translation>
    </message>
    <message>
      <source>simplify</source>
      <translation>简化</translation>
    </message>
    <message>
      <source>area</source>
      <translation>面积</translation>
    </message>
    <message>
      <source>vector</source>
      <translation>矢量</translation>
    </message>
    <message>
      <source>Converts classes into polygons with name, area and perimeter.</source>
      <translation>将类别转换为带名称、面积和周长的多边形。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Converts each patch of a &lt;b&gt;class raster&lt;/b&gt; into a polygon with number and name of its class, its area and its perimeter. Both are measured on the ellipsoid of the raster's CRS, areas as in the class table, in the project's units (square meters and meters by default), which the titles of the fields name. &lt;i&gt;Objects&lt;/i&gt; has more figures.&lt;/p&gt; &lt;p&gt;A &lt;b&gt;table&lt;/b&gt; merges and names classes first, as in &lt;i&gt;Merge classes&lt;/i&gt;; the class workbench passes a table of the classes that it shows.&lt;/p&gt; &lt;p&gt;&lt;b&gt;Simplify&lt;/b&gt; removes the steps of the pixels from the outlines. From QGIS 3.36 on, neighbors keep their common borders; in earlier versions each polygon is simplified separately, which leaves narrow gaps and overlaps. The area is that of the simplified polygon.&lt;/p&gt; &lt;p&gt;Example: &lt;i&gt;classes.tif&lt;/i&gt; has pixels of 10 m. Choose it and set &lt;i&gt;Simplify&lt;/i&gt; to 15: the outlines are smooth and at most 15 m away from the borders of the pixels. This algorithm works without the runtime.&lt;/p&gt;</source>
      <translation>&lt;p&gt;将&lt;b&gt;类别栅格&lt;/b&gt;的每个图斑转换为多边形，带有类别的编号、名称、面积和周长。面积和周长在栅格坐标参考系的椭球上量算，面积与类别表一致；采用工程的单位（默认为平方米和米），字段标题注明单位。&lt;i&gt;对象&lt;/i&gt;给出更多数值。&lt;/p&gt; &lt;p&gt;&lt;b&gt;表格&lt;/b&gt;先合并并命名类别，与&lt;i&gt;合并类别&lt;/i&gt;相同；类别工作台会传入其所示类别的表格。&lt;/p&gt; &lt;p&gt;&lt;b&gt;简化&lt;/b&gt;去除轮廓上的像素阶梯。从 QGIS 3.36 起，相邻多边形保持公共边界；在更早的版本中，每个多边形单独简化，会留下窄缝和重叠。面积为简化后多边形的面积。&lt;/p&gt; &lt;p&gt;示例：&lt;i&gt;classes.tif&lt;/i&gt; 的像素为 10 米。选择该栅格并将&lt;i&gt;简化&lt;/i&gt;设为 15：轮廓平滑，与像素边界的距离最多 15 米。本算法无需运行环境。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>The raster of classes.</source>
      <translation>类别栅格文件。</translation>
    </message>
    <message>
      <source>Text file with the columns from, to, name and color that merges and names classes, as in Merge classes.</source>
      <translation>列为 from、to、name 和 color 的文本文件，用于合并和命名类别，与“合并类别”相同。</translation>
    </message>
    <message>
      <source>Simplify (map units)</source>
      <translation>简化（地图单位）</translation>
    </message>
    <message>
      <source>Largest distance by which outlines may be moved, in the units of the CRS of the classes. 0 keeps the borders of the pixels.</source>
      <translation>轮廓最多可移动的距离，以类别坐标参考系的单位计。0 表示保留像素的边界。</translation>
    </message>
    <message>
      <source>Polygons with the fields class, name, area and perimeter: a file, a table of a GeoPackage or of a database, or a temporary layer.</source>
      <translation>带字段 class、name、area 和 perimeter 的多边形：文件、GeoPackage 或数据库的表，或临时图层。</translation>
    </message>
    <message>
      <source>Number of polygons</source>
      <translation>多边形数</translation>
    </message>
    <message>
      <source>Objects with measurements</source>
      <translation>带量测值的对象</translation>
    </message>
    <message>
      <source>segments</source>
      <translation>分割对象</translation>
    </message>
    <message>
      <source>OBIA</source>
      <translation>OBIA</translation>
    </message>
    <message>
      <source>statistics</source>
      <translation>统计</translation>
    </message>
    <message>
      <source>shape</source>
      <translation>形状</translation>
    </message>
    <message>
      <source>Converts superpixels or patches of classes into polygons with shape and band values.</source>
      <translation>将超像素或类别的图斑转换为带形状和波段数值的多边形。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Converts the &lt;b&gt;patches&lt;/b&gt; of a class raster, or the &lt;b&gt;superpixels&lt;/b&gt; that it was made of, into polygons with what is known of each:&lt;/p&gt; &lt;ul&gt; &lt;li&gt;number, class and name, confidence in percent;&lt;/li&gt; &lt;li&gt;pixels, area and perimeter on the ellipsoid of the CRS in square meters and meters, and compactness, 4 &amp;pi; area / perimeter&amp;sup2;: 0.79 for a square, less for long and ragged objects;&lt;/li&gt; &lt;li&gt;for each band of the &lt;b&gt;image&lt;/b&gt;: mean, standard deviation, and texture, the mean absolute difference of adjacent pixels of the object;&lt;/li&gt; &lt;li&gt;the number of neighbors and their numbers, separated by spaces.&lt;/li&gt; &lt;/ul&gt; &lt;p&gt;Superpixels and confidence are read from the file that &lt;i&gt;Segment&lt;/i&gt; and &lt;i&gt;Classify&lt;/i&gt; write (&lt;i&gt;classes.tif.superseg.tif&lt;/i&gt;). Without an image the means are those of that file. Class rasters of other programs have patches only, without confidence.&lt;/p&gt; &lt;p&gt;A &lt;b&gt;table&lt;/b&gt; merges and names classes first, as in &lt;i&gt;Merge classes&lt;/i&gt;; patches of merged classes that touch become one.&lt;/p&gt; &lt;p&gt;Example: make the patches of &lt;i&gt;classes.tif&lt;/i&gt;, and select them in QGIS by the expression &lt;i&gt;name = 'Water' and area &amp;lt; 500&lt;/i&gt;: the small ponds. This algorithm works without the runtime.&lt;/p&gt;</source>
      <translation>&lt;p&gt;将类别栅格的&lt;b&gt;图斑&lt;/b&gt;，或构成它的&lt;b&gt;超像素&lt;/b&gt;，转换为多边形，并给出各自的信息：&lt;/p&gt; &lt;ul&gt; &lt;li&gt;编号、类别和名称，以百分比表示的置信度；&lt;/li&gt; &lt;li&gt;像素数，坐标参考系椭球上以平方米和米表示的面积和周长，以及紧凑度 4 &amp;pi; 面积 / 周长&amp;sup2;：正方形为 0.79，狭长或边界破碎的对象更小；&lt;/li&gt; &lt;li&gt;&lt;b&gt;影像&lt;/b&gt;各波段的均值、标准差和纹理，即对象内相邻像素之差的平均绝对值；&lt;/li&gt; &lt;li&gt;相邻对象的数目及其编号，以空格分隔。&lt;/li&gt; &lt;/ul&gt; &lt;p&gt;超像素和置信度从&lt;i&gt;分割&lt;/i&gt;和&lt;i&gt;应用模型分类&lt;/i&gt;写出的文件（&lt;i&gt;classes.tif.superseg.tif&lt;/i&gt;）读取。没有影像时，均值取自该文件。其他程序的类别栅格只有图斑，没有置信度。&lt;/p&gt; &lt;p&gt;&lt;b&gt;表格&lt;/b&gt;先合并并命名类别，与&lt;i&gt;合并类别&lt;/i&gt;相同；相接的图斑若合并为同一类别，则成为一个图斑。&lt;/p&gt; &lt;p&gt;示例：生成 &lt;i&gt;classes.tif&lt;/i&gt; 的图斑，在 QGIS 中用表达式 &lt;i&gt;name = 'Water' and area &amp;lt; 500&lt;/i&gt; 选择：即小水塘。本算法无需运行环境。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Objects</source>
      <translation>对象</translation>
    </message>
    <message>
      <source>patches: connected areas of one class. superpixels: those that the classes were made of, if Segment or Classify has stored them.</source>
      <translation>patches：同一类别的连通区域。superpixels：构成类别的超像素，前提是“分割”或“应用模型分类”存储了它们。</translation>
    </message>
    <message>
      <source>The image that was classified, for means, standard deviations and textures of all bands except alpha. It may be larger than the class raster.</source>
      <translation>被分类的影像，用于计算除 alpha 外所有波段的均值、标准差和纹理。其范围可以大于类别栅格。</translation>
    </message>
    <message>
      <source>Objects as polygons</source>
      <translation>对象多边形</translation>
    </message>
    <message>
      <source>A polygon for each object: a file, a table of a GeoPackage or of a database, or a temporary layer. Shapefiles shorten the names of fields and long lists of neighbors.</source>
      <translation>每个对象一个多边形：文件、GeoPackage 或数据库的表，或临时图层。Shapefile 会截短字段名和较长的相邻对象列表。</translation>
    </message>
    <message>
      <source>Number of objects</source>
      <translation>对象数</translation>
    </message>
    <message>
      <source>Changes between two dates</source>
      <translation>两个日期之间的变化</translation>
    </message>
    <message>
      <source>change detection</source>
      <translation>变化检测</translation>
    </message>
    <message>
      <source>from-to</source>
      <translation>变化类型</translation>
    </message>
    <message>
      <source>transition matrix</source>
      <translation>转移矩阵</translation>
    </message>
    <message>
      <source>Maps which class became which between two dates.</source>
      <translation>绘制两个日期之间哪个类别变成了哪个类别。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Compares the &lt;b&gt;classes of two dates&lt;/b&gt; that were made with one model. Every change that occurs is a class of the result, with a name such as &lt;i&gt;Forest &amp;gt; Town&lt;/i&gt;, its area, and the color of the later class. Unchanged pixels are pale; pixels without a class at one of the dates are nodata.&lt;/p&gt; &lt;p&gt;The &lt;b&gt;table&lt;/b&gt; has a line for each pair of classes, including unchanged ones: &lt;i&gt;value&lt;/i&gt; in the raster, class &lt;i&gt;from&lt;/i&gt; and &lt;i&gt;to&lt;/i&gt;, their names, &lt;i&gt;pixels&lt;/i&gt;, &lt;i&gt;area&lt;/i&gt; (square meters on the ellipsoid) and &lt;i&gt;percent&lt;/i&gt; of the area that has a class at both dates.&lt;/p&gt; &lt;p&gt;Both rasters need pixels that coincide, and are compared where both are; and the same legend: class 3 must mean the same at both dates. Two runs of &lt;i&gt;Segment&lt;/i&gt; number their classes differently; segment or train on one date, and &lt;i&gt;Classify&lt;/i&gt; the other with that model.&lt;/p&gt; &lt;p&gt;Example: &lt;i&gt;Segment&lt;/i&gt; has divided &lt;i&gt;may.tif&lt;/i&gt; into 8 classes and written a model. Classify &lt;i&gt;june.tif&lt;/i&gt; with it and choose both class rasters here: the largest changes have the numbers 2, 3 and so on. This algorithm works without the runtime.&lt;/p&gt;</source>
      <translation>&lt;p&gt;比较用同一模型得到的&lt;b&gt;两个日期的类别&lt;/b&gt;。出现的每种变化是结果中的一个类别，有 &lt;i&gt;Forest &amp;gt; Town&lt;/i&gt; 这样的名称、面积，以及较晚类别的颜色。未变化的像素颜色很淡；在任一日期没有类别的像素为无数据。&lt;/p&gt; &lt;p&gt;&lt;b&gt;变化表&lt;/b&gt;对每一对类别有一行，包括未变化的：栅格中的 &lt;i&gt;value&lt;/i&gt;、类别 &lt;i&gt;from&lt;/i&gt; 和 &lt;i&gt;to&lt;/i&gt; 及其名称、&lt;i&gt;pixels&lt;/i&gt;（像素数）、&lt;i&gt;area&lt;/i&gt;（椭球上的面积，平方米）和 &lt;i&gt;percent&lt;/i&gt;（在两个日期都有类别的面积中所占的百分比）。&lt;/p&gt; &lt;p&gt;两个栅格的像素须重合，只比较二者都覆盖的部分；图例须相同：编号 3 在两个日期须指同一类别。两次&lt;i&gt;分割&lt;/i&gt;的类别编号不同；请对一个日期分割或训练，再用该模型对另一个日期&lt;i&gt;应用模型分类&lt;/i&gt;。&lt;/p&gt; &lt;p&gt;示例：&lt;i&gt;分割&lt;/i&gt;将 &lt;i&gt;may.tif&lt;/i&gt; 划分为 8 个类别并写出模型。用该模型对 &lt;i&gt;june.tif&lt;/i&gt; 分类，并在此选择两个类别栅格：最大的变化编号为 2、3 等。本算法无需运行环境。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Classes before</source>
      <translation>前期类别</translation>
    </message>
    <message>
      <source>The classes of the earlier date.</source>
      <translation>较早日期的类别。</translation>
    </message>
    <message>
      <source>Classes after</source>
      <translation>后期类别</translation>
    </message>
    <message>
      <source>The classes of the later date, with pixels that coincide and the same legend.</source>
      <translation>较晚日期的类别，像素须重合并有相同的图例。</translation>
    </message>
    <message>
      <source>Changes</source>
      <translation>变化</translation>
    </message>
    <message>
      <source>Raster of changes from 2, the largest first; 1 is unchanged and 0 is nodata.</source>
      <translation>变化栅格，从 2 起按面积由大到小编号；1 为未变化，0 为无数据。</translation>
    </message>
    <message>
      <source>Area of each pair of an earlier and a later class, as comma-separated values.</source>
      <translation>每一对较早类别和较晚类别的面积，以逗号分隔的文本。</translation>
    </message>
    <message>
      <source>Number of changes</source>
      <translation>变化数</translation>
    </message>
    <message>
      <source>Changed area (square meters)</source>
      <translation>变化面积（平方米）</translation>
    </message>
    <message>
      <source>Changed share (percent)</source>
      <translation>变化占比（百分比）</translation>
    </message>
    <message>
      <source>Evaluate classes</source>
      <translation>评价类别</translation>
    </message>
    <message>
      <source>3 Check</source>
      <translation>3 精度检验</translation>
    </message>
    <message>
      <source>accuracy</source>
      <translation>精度</translation>
    </message>
    <message>
      <source>evaluation</source>
      <translation>评估</translation>
    </message>
    <message>
      <source>kappa</source>
      <translation>Kappa 系数</translation>
    </message>
    <message>
      <source>user's accuracy</source>
      <translation>用户精度</translation>
    </message>
    <message>
      <source>producer's accuracy</source>
      <translation>生产者精度</translation>
    </message>
    <message>
      <source>confusion matrix</source>
      <translation>混淆矩阵</translation>
    </message>
    <message>
      <source>error matrix</source>
      <translation>误差矩阵</translation>
    </message>
    <message>
      <source>ami</source>
      <translation>AMI 指数</translation>
    </message>
    <message>
      <source>ari</source>
      <translation>ARI 指数</translation>
    </message>
    <message>
      <source>iou</source>
      <translation>交并比</translation>
    </message>
    <message>
      <source>Measures the accuracy of classes by a reference raster, polygons or labelled points.</source>
      <translation>用参考栅格、多边形或带标签的点衡量类别的精度。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Measures how well a raster of classes agrees with a &lt;b&gt;reference&lt;/b&gt;: a raster on the same grid, or &lt;b&gt;polygons&lt;/b&gt; in any CRS with a field of class numbers or names; or with &lt;b&gt;labelled points&lt;/b&gt;. The numbers of the classes need not match those of the reference.&lt;/p&gt; &lt;p&gt;With a reference raster or polygons, a class with the name of a reference class counts as that one, any other class as the reference class that most of its pixels have. For this naming you get overall accuracy, user's and producer's accuracy with the errors of commission and omission, IoU, kappa, the area of each class and the error matrix; and a table of the classes with the reference class and the share of each. Pixels in polygons of several labels are left out and counted. Further scores compare the partitions:&lt;/p&gt; &lt;ul&gt; &lt;li&gt;&lt;b&gt;AMI&lt;/b&gt;, &lt;b&gt;ARI&lt;/b&gt;: adjusted mutual information and adjusted Rand index; 0 for chance agreement, 1 for identical partitions.&lt;/li&gt; &lt;li&gt;&lt;b&gt;FMI&lt;/b&gt;: Fowlkes-Mallows index; &lt;b&gt;ARE&lt;/b&gt;: adapted Rand error, 0 for identical partitions.&lt;/li&gt; &lt;li&gt;&lt;b&gt;V-measure&lt;/b&gt;; &lt;b&gt;accuracy&lt;/b&gt; and &lt;b&gt;mean IoU&lt;/b&gt; with each reference class paired with one class only, so that as many pixels as possible agree.&lt;/li&gt; &lt;/ul&gt; &lt;p&gt;The returned values ignore unlabelled pixels. The log and the report also give the values with unlabelled pixels as a class, as in the published evaluation.&lt;/p&gt; &lt;p&gt;&lt;b&gt;Labelled points&lt;/b&gt; have to be a random sample of each class. Those of &lt;i&gt;Accuracy points&lt;/i&gt; hold the class that they were drawn from and its area, and stay valid for every later map of the same scene: merged, corrected, or made anew. A class counts as the label that has its name or number, and otherwise as the label of most of its points. Overall accuracy, user's and producer's accuracy and the area of each label are estimated with 95 % intervals; points of a class stand for its area. Points without a label, or with the label ?, are left out. Source: Olofsson et al. 2014, doi 10.1016/j.rse.2014.02.015.&lt;/p&gt; &lt;p&gt;A &lt;b&gt;table&lt;/b&gt;, as for &lt;i&gt;Merge classes&lt;/i&gt;, merges and names the classes first; the class workbench gives the classes that it shows. This algorithm works without the runtime.&lt;/p&gt;</source>
      <translation>&lt;p&gt;衡量类别栅格与&lt;b&gt;参考&lt;/b&gt;的一致程度：参考可以是同一格网上的栅格，或带有类别编号或名称字段、坐标参考系不限的&lt;b&gt;多边形&lt;/b&gt;；也可使用&lt;b&gt;带标签的点&lt;/b&gt;。类别编号不必与参考的编号相同。&lt;/p&gt; &lt;p&gt;使用参考栅格或多边形时，名称与某参考类别相同的类别计为该类别，其他类别计为其大多数像素所属的参考类别。由此命名得到总体精度、用户精度和生产者精度及错分和漏分误差、IoU、Kappa 系数、各类面积和误差矩阵，以及各类别对应的参考类别及其比例的表格。位于多个不同标签多边形中的像素不计入，但会计数。其他指标比较划分：&lt;/p&gt; &lt;ul&gt; &lt;li&gt;&lt;b&gt;AMI&lt;/b&gt;、&lt;b&gt;ARI&lt;/b&gt;：调整互信息和调整兰德指数；0 为随机一致，1 为划分相同。&lt;/li&gt; &lt;li&gt;&lt;b&gt;FMI&lt;/b&gt;：Fowlkes-Mallows 指数；&lt;b&gt;ARE&lt;/b&gt;：调整兰德误差，0 为划分相同。&lt;/li&gt; &lt;li&gt;&lt;b&gt;V-measure&lt;/b&gt;；每个参考类别只与一个类别配对、使一致的像素最多时的&lt;b&gt;精度&lt;/b&gt;和&lt;b&gt;平均 IoU&lt;/b&gt;。&lt;/li&gt; &lt;/ul&gt; &lt;p&gt;返回值不计未标注的像素。日志和报告还给出将未标注像素作为一类的数值，与已发表的评价相同。&lt;/p&gt; &lt;p&gt;&lt;b&gt;带标签的点&lt;/b&gt;须为每个类别的随机样本。&lt;i&gt;精度点&lt;/i&gt;的结果带有抽样时的类别及其面积，因此对同一影像以后的每幅类别图（合并、修正或重新制作的）仍然有效。类别对应与其名称或编号相同的标签，否则对应其大多数点的标签。总体精度、用户精度和生产者精度以及各标签的面积连同 95 % 置信区间一并估计；一个类别的点代表其面积。没有标签或标签为 ? 的点不计入。来源：Olofsson 等，2014，doi 10.1016/j.rse.2014.02.015。&lt;/p&gt; &lt;p&gt;&lt;b&gt;表格&lt;/b&gt;（与&lt;i&gt;合并类别&lt;/i&gt;相同）先合并并命名类别；类别工作台会传入其所示的类别。本算法无需运行环境。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>The raster of classes to evaluate.</source>
      <translation>要评价的类别栅格。</translation>
    </message>
    <message>
      <source>Raster of reference classes, as integers, on the same grid; or give polygons, or labelled points.</source>
      <translation>参考类别的栅格，整数，与类别在同一格网上；也可给出多边形或带标签的点。</translation>
    </message>
    <message>
      <source>Unlabelled value</source>
      <translation>未标注值</translation>
    </message>
    <message>
      <source>The value of unlabelled pixels or polygons in the reference. If empty, the nodata value of the raster, or 0 if it has none; with polygons, none.</source>
      <translation>参考中未标注的像素或多边形的值。留空则取栅格的无数据值，没有则取 0；对于多边形则不取任何值。</translation>
    </message>
    <message>
      <source>Polygons of reference classes, in any CRS; in place of a reference raster. Pixels in polygons of several classes do not count.</source>
      <translation>参考类别的多边形，坐标参考系不限；用于代替参考栅格。位于多个不同类别多边形中的像素不计入。</translation>
    </message>
    <message>
      <source>Field of the classes</source>
      <translation>类别字段</translation>
    </message>
    <message>
      <source>Field of the polygons with the number or name of the class; polygons without one do not count.</source>
      <translation>多边形中类别编号或名称的字段；没有类别的多边形不计入。</translation>
    </message>
    <message>
      <source>Labelled points</source>
      <translation>带标签的点</translation>
    </message>
    <message>
      <source>Points with the true class in a field, a random sample of each class; in place of a reference raster.</source>
      <translation>在一个字段中带有真实类别的点，为每个类别的随机样本；用以代替参考栅格。</translation>
    </message>
    <message>
      <source>Field of the labels</source>
      <translation>标签字段</translation>
    </message>
    <message>
      <source>Field of the points with the true class; points without one are left out.</source>
      <translation>点图层中真实类别的字段；没有标签的点不计入。</translation>
    </message>
    <message>
      <source>Table of merges</source>
      <translation>合并表</translation>
    </message>
    <message>
      <source>Text file with the columns from, to, name and color, as for Merge classes, by which the classes are merged and named before they are compared.</source>
      <translation>含 from、to、name 和 color 列的文本文件，与合并类别相同；比较之前按其合并并命名类别。</translation>
    </message>
    <message>
      <source>Web page with all measures and the error matrix.</source>
      <translation>含所有指标和误差矩阵的网页。</translation>
    </message>
    <message>
      <source>Figures</source>
      <translation>数值文件</translation>
    </message>
    <message>
      <source>Table (.csv) or JSON (.json) of all figures, with their 95 % intervals.</source>
      <translation>所有数值及其 95 % 置信区间的表格（.csv）或 JSON（.json）。</translation>
    </message>
    <message>
      <source>Adjusted mutual information</source>
      <translation>调整互信息</translation>
    </message>
    <message>
      <source>Adjusted Rand index</source>
      <translation>调整兰德指数</translation>
    </message>
    <message>
      <source>Fowlkes-Mallows index</source>
      <translation>Fowlkes-Mallows 指数</translation>
    </message>
    <message>
      <source>Adapted Rand error</source>
      <translation>调整兰德误差</translation>
    </message>
    <message>
      <source>Overall accuracy of the named classes</source>
      <translation>命名后类别的总体精度</translation>
    </message>
    <message>
      <source>Mean IoU of the named classes</source>
      <translation>命名后类别的平均 IoU</translation>
    </message>
    <message>
      <source>Half the 95 % interval of the accuracy</source>
      <translation>精度 95 % 置信区间的一半</translation>
    </message>
    <message>
      <source>Accuracy points</source>
      <translation>精度点</translation>
    </message>
    <message>
      <source>sample</source>
      <translation>样本</translation>
    </message>
    <message>
      <source>stratified</source>
      <translation>分层</translation>
    </message>
    <message>
      <source>random</source>
      <translation>随机</translation>
    </message>
    <message>
      <source>validation</source>
      <translation>验证</translation>
    </message>
    <message>
      <source>points</source>
      <translation>点</translation>
    </message>
    <message>
      <source>Olofsson</source>
      <translation>奥洛夫松（Olofsson）</translation>
    </message>
    <message>
      <source>Draws random places in every class, to be labelled for an accuracy assessment.</source>
      <translation>在每个类别中随机抽取位置，供标注后进行精度评价。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Draws a &lt;b&gt;stratified random sample&lt;/b&gt; of a raster of classes: points in the centers of random pixels of every class. Label each of them in the field &lt;i&gt;label&lt;/i&gt;, by what you see in the image or in the field, and let &lt;i&gt;Evaluate&lt;/i&gt; estimate accuracy and areas from these labels.&lt;/p&gt; &lt;p&gt;Every class gets at least the &lt;b&gt;smallest number&lt;/b&gt; of points, the rest is divided by area. With 0 the &lt;b&gt;number of points&lt;/b&gt; is that which brings the standard error of the overall accuracy to 0.01, if each class is right to 85 %: 1275 points. The points are in random order, so that the first ones are a sample too. To label them, open &lt;i&gt;Plugins &amp;gt; SuperSeg &amp;gt; Label accuracy points&lt;/i&gt;: it shows one point after the other on the image, and hides the classes meanwhile.&lt;/p&gt; &lt;p&gt;Example: choose &lt;i&gt;classes.tif&lt;/i&gt;, 300 points and 20 for each class; label them as Forest, Field, Water and so on; choose them as samples in &lt;i&gt;Evaluate&lt;/i&gt;. Source: Olofsson et al. 2014, doi 10.1016/j.rse.2014.02.015. This algorithm works without the runtime.&lt;/p&gt;</source>
      <translation>&lt;p&gt;从类别栅格中抽取&lt;b&gt;分层随机样本&lt;/b&gt;：位于每个类别随机像素中心的点。请根据影像或实地所见，在字段 &lt;i&gt;label&lt;/i&gt; 中标注每个点，再由&lt;i&gt;评价&lt;/i&gt;根据这些标签估计精度和面积。&lt;/p&gt; &lt;p&gt;每个类别至少有&lt;b&gt;最少点数&lt;/b&gt;，其余按面积分配。&lt;b&gt;点数&lt;/b&gt;为 0 时，取使总体精度的标准误差为 0.01 的数目（假定每个类别有 85 % 正确）：1275 个点。点的顺序是随机的，因此前面的若干点也是一个样本。要标注它们，请打开&lt;i&gt;插件 &amp;gt; SuperSeg &amp;gt; 标注精度点&lt;/i&gt;：它在影像上逐一显示各点，并在此期间隐藏类别。&lt;/p&gt; &lt;p&gt;示例：选择 &lt;i&gt;classes.tif&lt;/i&gt;，300 个点，每类 20 个；标注为 Forest、Field、Water 等；在&lt;i&gt;评价&lt;/i&gt;中选作样本。来源：Olofsson 等，2014，doi 10.1016/j.rse.2014.02.015。本算法无需运行环境。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>The raster of classes to assess.</source>
      <translation>要评价的类别栅格。</translation>
    </message>
    <message>
      <source>Number of points</source>
      <translation>点数</translation>
    </message>
    <message>
      <source>Number of points in all classes together. 0 is automatic.</source>
      <translation>所有类别的点数之和。0 为自动。</translation>
    </message>
    <message>
      <source>Smallest number in a class</source>
      <translation>每类最少点数</translation>
    </message>
    <message>
      <source>Every class gets so many points, as far as their number and its pixels suffice.</source>
      <translation>在点数和像素允许的范围内，每个类别至少有这么多点。</translation>
    </message>
    <message>
      <source>Text file with the columns from, to, name and color, as for Merge classes, by which the classes are merged and named before points are drawn.</source>
      <translation>含 from、to、name 和 color 列的文本文件，与合并类别相同；抽取点之前按其合并并命名类别。</translation>
    </message>
    <message>
      <source>Seed of the points</source>
      <translation>抽点的随机种子</translation>
    </message>
    <message>
      <source>The same seed gives the same points.</source>
      <translation>相同的种子给出相同的点。</translation>
    </message>
    <message>
      <source>Points with the fields sample, class, name, label, which is empty, and class_area, the area of the class in square meters.</source>
      <translation>带有字段 sample、class、name、空字段 label 和 class_area（类别面积，平方米）的点。</translation>
    </message>
    <message>
      <source>Install the runtime</source>
      <translation>安装运行环境</translation>
    </message>
    <message>
      <source>6 Runtime</source>
      <translation>6 运行环境</translation>
    </message>
    <message>
      <source>install</source>
      <translation>安装程序</translation>
    </message>
    <message>
      <source>setup</source>
      <translation>配置</translation>
    </message>
    <message>
      <source>runtime</source>
      <translation>运行环境</translation>
    </message>
    <message>
      <source>pytorch</source>
      <translation>PyTorch 框架</translation>
    </message>
    <message>
      <source>torch</source>
      <translation>Torch 库</translation>
    </message>
    <message>
      <source>dependencies</source>
      <translation>依赖</translation>
    </message>
    <message>
      <source>offline</source>
      <translation>离线</translation>
    </message>
    <message>
      <source>Installs the libraries that compute superpixels and networks.</source>
      <translation>安装计算超像素和网络所用的库。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Superpixels and networks are computed by PyTorch and other libraries in a &lt;b&gt;separate process&lt;/b&gt;, which cannot disturb or crash QGIS. This algorithm installs the libraries into a folder of your user account; QGIS, its Python and other plugins are not changed. All QGIS versions on this computer use the same installation.&lt;/p&gt; &lt;p&gt;The installation takes some minutes. &lt;i&gt;cpu&lt;/i&gt; downloads 0.2 to 0.4 GB and needs 1.4 GB on disk; &lt;i&gt;cuda&lt;/i&gt; downloads 2 to 3 GB and needs 5 GB. If the installation fails or is cancelled, no files are left, and an earlier installation is kept.&lt;/p&gt; &lt;p&gt;The &lt;b&gt;proxy&lt;/b&gt; and the certificates set in QGIS (Settings &amp;gt; Options &amp;gt; Network and Authentication) are used for the installation.&lt;/p&gt; &lt;p&gt;&lt;b&gt;Without internet&lt;/b&gt;, choose a folder or a zip file with the wheel files as source. The log lists the commands for an installation in a terminal.&lt;/p&gt; &lt;p&gt;If you already have a Python environment with PyTorch, set the environment variable SUPERSEG_PYTHON to its interpreter instead. The window &lt;i&gt;Plugins &amp;gt; SuperSeg &amp;gt; Runtime&lt;/i&gt; does the same and more.&lt;/p&gt;</source>
      <translation>&lt;p&gt;超像素和网络由 PyTorch 等库在&lt;b&gt;独立的进程&lt;/b&gt;中计算，不会干扰 QGIS 或使其崩溃。本算法将这些库安装到您用户账户的一个文件夹中；QGIS、其 Python 和其他插件保持不变。本机的所有 QGIS 版本使用同一安装。&lt;/p&gt; &lt;p&gt;安装需要几分钟。&lt;i&gt;cpu&lt;/i&gt; 下载 0.2 至 0.4 GB，需要磁盘 1.4 GB；&lt;i&gt;cuda&lt;/i&gt; 下载 2 至 3 GB，需要 5 GB。安装失败或被取消时不会留下文件，原有的安装会保留。&lt;/p&gt; &lt;p&gt;安装使用 QGIS 中设置的&lt;b&gt;代理&lt;/b&gt;和证书（设置 &amp;gt; 选项 &amp;gt; 网络和认证）。&lt;/p&gt; &lt;p&gt;&lt;b&gt;没有互联网&lt;/b&gt;时，请选择含 wheel 文件的文件夹或 zip 文件作为来源。日志会列出在终端中安装的命令。&lt;/p&gt; &lt;p&gt;若您已有带 PyTorch 的 Python 环境，可将环境变量 SUPERSEG_PYTHON 设为其解释器。窗口&lt;i&gt;插件 &amp;gt; SuperSeg &amp;gt; 运行环境&lt;/i&gt;具有同样的功能以及更多功能。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Backend</source>
      <translation>后端</translation>
    </message>
    <message>
      <source>auto: cuda if an NVIDIA graphics processor is found, otherwise cpu. cpu: smaller, for all computers. cuda: needs an NVIDIA graphics processor.</source>
      <translation>auto：找到 NVIDIA 图形处理器时为 cuda，否则为 cpu。cpu：较小，适用于所有计算机。cuda：需要 NVIDIA 图形处理器。</translation>
    </message>
    <message>
      <source>Folder of wheel files</source>
      <translation>wheel 文件的文件夹</translation>
    </message>
    <message>
      <source>Install from the wheel files in this folder or zip file, without internet. If empty, from the Python package index.</source>
      <translation>从此文件夹或 zip 文件中的 wheel 文件安装，无需互联网。留空则从 Python 软件包索引安装。</translation>
    </message>
    <message>
      <source>Install into</source>
      <translation>安装位置</translation>
    </message>
    <message>
      <source>Folder for the installation, for example on a larger disk. If empty, the folder of the current installation, or your data folder.</source>
      <translation>安装的文件夹，例如在更大的磁盘上。留空则为当前安装的文件夹或您的数据文件夹。</translation>
    </message>
    <message>
      <source>Result</source>
      <translation>结果</translation>
    </message>
    <message>
      <source>Report on the runtime</source>
      <translation>报告运行环境</translation>
    </message>
    <message>
      <source>diagnosis</source>
      <translation>诊断</translation>
    </message>
    <message>
      <source>report</source>
      <translation>诊断报告</translation>
    </message>
    <message>
      <source>versions</source>
      <translation>版本号</translation>
    </message>
    <message>
      <source>device</source>
      <translation>计算设备</translation>
    </message>
    <message>
      <source>gpu</source>
      <translation>图形处理器</translation>
    </message>
    <message>
      <source>bug report</source>
      <translation>错误报告</translation>
    </message>
    <message>
      <source>Reports the Python, the libraries and the device that SuperSeg uses.</source>
      <translation>报告 SuperSeg 使用的 Python、库和设备。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Reports the folder of SuperSeg's runtime, the versions of its libraries, the device that it uses, and the error of the last installation if that failed. &lt;b&gt;Copy the text into a bug report:&lt;/b&gt; your home folder, your name and credentials are removed from it.&lt;/p&gt; &lt;p&gt;If the runtime is missing, the report lists where it was searched for and how to install it.&lt;/p&gt;</source>
      <translation>&lt;p&gt;报告 SuperSeg 运行环境的文件夹、各库的版本、使用的设备，以及上次安装失败时的错误。&lt;b&gt;请将文本复制到错误报告中：&lt;/b&gt;您的主文件夹、姓名和凭据已从中去除。&lt;/p&gt; &lt;p&gt;缺少运行环境时，报告会列出搜索过的位置以及安装方法。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Compare two dates</source>
      <translation>比较两个日期</translation>
    </message>
    <message>
      <source>Segment and polygonize with statistics</source>
      <translation>分割、矢量化并统计</translation>
    </message>
    <message>
      <source>Superpixels, train, classify, average colors</source>
      <translation>超像素、训练、分类、平均颜色</translation>
    </message>
    <message>
      <source>Train once, classify a folder of scenes</source>
      <translation>训练一次，分类整个文件夹的影像</translation>
    </message>
  </context>
</TS>
