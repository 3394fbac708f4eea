<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en_US">
  <context>
    <name>SuperSeg</name>
    <message>
      <source>Runtime…</source>
      <translation>运行环境…</translation>
    </message>
    <message>
      <source>Class workbench</source>
      <translation>类别工作台</translation>
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
      <source>The runtime that segments images is not installed yet.</source>
      <translation>分割影像所需的运行环境尚未安装。</translation>
    </message>
    <message>
      <source>Segment with SuperSeg…</source>
      <translation>用 SuperSeg 分割…</translation>
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
      <source>Tables</source>
      <translation>表格</translation>
    </message>
    <message>
      <source>Merge the selected classes</source>
      <translation>合并所选类别</translation>
    </message>
    <message>
      <source>Separate what was merged by hand</source>
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
      <source>Name and color of a template; classes of one name are merged</source>
      <translation>模板中的名称和颜色；同名的类别将被合并</translation>
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
      <source>Name as {}</source>
      <translation>命名为 {}</translation>
    </message>
    <message>
      <source>Table {}</source>
      <translation>表格 {}</translation>
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
      <source>The attribute table of {} cannot be written ({}); names and colors are kept in the project, and Write merged classes puts them into a file.</source>
      <translation>无法写入 {} 的属性表（{}）；名称和颜色保存在工程中，可用“写出合并后的类别”存入文件。</translation>
    </message>
    <message>
      <source>This place cannot be brought into the CRS of {}; choose another CRS for the project, or click nearer to the layer.</source>
      <translation>该位置无法转换到 {} 的坐标参考系；请为工程选择其他坐标参考系，或在图层附近单击。</translation>
    </message>
    <message>
      <source>Fewer classes: the most alike are joined</source>
      <translation>减少类别：最相似的先合并</translation>
    </message>
    <message>
      <source>All classes are one.</source>
      <translation>所有类别已合为一个。</translation>
    </message>
    <message>
      <source>Add the reference to the project first</source>
      <translation>请先将参考图层加入工程</translation>
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
      <source>Scores of the classes of the file against a reference layer</source>
      <translation>以参考图层评价文件中的类别</translation>
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
      <source>Tree of classes, most alike joined first</source>
      <translation>类别树，最相似的先合并</translation>
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
      <source>No estimate is available ({}).</source>
      <translation>无法估算（{}）。</translation>
    </message>
    <message>
      <source>1 tile</source>
      <translation>1 个瓦片</translation>
    </message>
    <message>
      <source>{time} on {device}, {memory} GB of memory: {pixels} pixels in {tiles}, about {superpixels} superpixels; smallest superpixels {smallest}</source>
      <translation>{device} 上{time}，内存 {memory} GB：{pixels} 像素，{tiles}，约 {superpixels} 个超像素；最小超像素 {smallest}</translation>
    </message>
    <message>
      <source>The first run finds out whether another device is faster.</source>
      <translation>首次运行会查明是否有更快的设备。</translation>
    </message>
    <message>
      <source>{} pixels</source>
      <translation>{} 像素</translation>
    </message>
    <message>
      <source>{meters} m ({shape})</source>
      <translation>{meters} 米（{shape}）</translation>
    </message>
    <message>
      <source>{} tiles</source>
      <translation>{} 个瓦片</translation>
    </message>
    <message>
      <source>{}.</source>
      <translation>{}。</translation>
    </message>
    <message>
      <source>{} million</source>
      <translation>{} 百万</translation>
    </message>
    <message>
      <source>{side} x {side} pixels</source>
      <translation>{side} x {side} 像素</translation>
    </message>
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
      <source>{} has not come to its end; its log says why.</source>
      <translation>{} 未能完成；原因见日志。</translation>
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
      <source>&amp;Preview on the map</source>
      <translation>在地图上预览(&amp;P)</translation>
    </message>
    <message>
      <source> pixels</source>
      <translation> 像素</translation>
    </message>
    <message>
      <source>Outlines of &amp;superpixels</source>
      <translation>超像素轮廓(&amp;S)</translation>
    </message>
    <message>
      <source>In pixels of the image; most superpixels are larger</source>
      <translation>以影像的像素计；多数超像素更大</translation>
    </message>
    <message>
      <source>How strongly neighbors are drawn to the same class</source>
      <translation>相邻者归入同一类别的倾向有多强</translation>
    </message>
    <message>
      <source>How much of the map, from the left, shows the image alone</source>
      <translation>地图从左起有多少只显示影像</translation>
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
      <source>Smallest superpixel, &amp;side</source>
      <translation>最小超像素的边长(&amp;S)</translation>
    </message>
    <message>
      <source>S&amp;moothness</source>
      <translation>平滑度(&amp;M)</translation>
    </message>
    <message>
      <source>Number of c&amp;lasses</source>
      <translation>类别数(&amp;L)</translation>
    </message>
    <message>
      <source>&amp;Opacity</source>
      <translation>不透明度(&amp;O)</translation>
    </message>
    <message>
      <source>S&amp;wipe</source>
      <translation>卷帘(&amp;W)</translation>
    </message>
    <message>
      <source>There is no image to preview; add one to the project.</source>
      <translation>没有可预览的影像；请先将影像添加到工程。</translation>
    </message>
    <message>
      <source>{} superpixels, {} classes, {:.1f} s</source>
      <translation>{} 个超像素，{} 个类别，{:.1f} 秒</translation>
    </message>
    <message>
      <source>Superpixels will be smaller than here: zoom in to see them.</source>
      <translation>超像素将比此处更小：放大后才能看见。</translation>
    </message>
    <message>
      <source>Computing…</source>
      <translation>正在计算…</translation>
    </message>
    <message>
      <source>There is no image to segment; add one to the project.</source>
      <translation>没有可分割的影像；请先在工程中添加一幅。</translation>
    </message>
    <message>
      <source>The map shows a pixel for {:.1f} x {:.1f} of the image.</source>
      <translation>地图上的一个像素对应影像的 {:.1f} x {:.1f} 个像素。</translation>
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
      <source>Or use a Python of your own</source>
      <translation>或使用您自己的 Python</translation>
    </message>
    <message>
      <source>A Python that has torch, numba and scikit-image, of conda for example. The variable SUPERSEG_PYTHON goes before it.</source>
      <translation>带有 torch、numba 和 scikit-image 的 Python，例如来自 conda。环境变量 SUPERSEG_PYTHON 优先于它。</translation>
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
      <source>Remove the runtime that SuperSeg has installed, and the one before it? Segmenting is not possible without; results and models stay.</source>
      <translation>要删除 SuperSeg 安装的运行环境及其上一个版本吗？没有它将无法分割；结果和模型会保留。</translation>
    </message>
    <message>
      <source>Go back to SuperSeg's previous runtime</source>
      <translation>恢复 SuperSeg 的上一个运行环境</translation>
    </message>
    <message>
      <source>Report on SuperSeg's runtime</source>
      <translation>报告 SuperSeg 的运行环境</translation>
    </message>
    <message>
      <source>The report is in the clipboard.</source>
      <translation>报告已复制到剪贴板。</translation>
    </message>
    <message>
      <source>What there is</source>
      <translation>现有环境</translation>
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
      <source>asking the runtime…</source>
      <translation>正在询问运行环境…</translation>
    </message>
    <message>
      <source>Ask SuperSeg's runtime for its device</source>
      <translation>询问 SuperSeg 运行环境的设备</translation>
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
      <source>Band means of the selected classes</source>
      <translation>所选类别的波段均值</translation>
    </message>
    <message>
      <source>Select classes whose band means are known.</source>
      <translation>请选择波段均值已知的类别。</translation>
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
      <source>Set up the runtime, once: it holds PyTorch, outside QGIS.</source>
      <translation>设置一次运行环境：它在 QGIS 之外，内含 PyTorch。</translation>
    </message>
    <message>
      <source>Open the sample</source>
      <translation>打开示例</translation>
    </message>
    <message>
      <source>Segment it. The settings are good as they are.</source>
      <translation>分割它。默认设置即可。</translation>
    </message>
    <message>
      <source>Segment…</source>
      <translation>分割…</translation>
    </message>
    <message>
      <source>Merge and name the classes, and see their areas and spectra.</source>
      <translation>合并并命名类别，查看其面积和光谱。</translation>
    </message>
    <message>
      <source>Sample: Great Salt Lake</source>
      <translation>示例：大盐湖</translation>
    </message>
    <message>
      <source>SuperSeg divides an image into classes of like surface. It needs no samples: you give the image and a number of classes, and name the classes afterwards.</source>
      <translation>SuperSeg 将影像划分为地表相似的类别。无需样本：您只要给出影像和类别数，之后再为类别命名。</translation>
    </message>
    <message>
      <source>Open an image: your own, or this sample of the Great Salt Lake ({credit}).</source>
      <translation>打开一幅影像：您自己的，或这幅大盐湖示例（{credit}）。</translation>
    </message>
    <message>
      <source>La&amp;yer</source>
      <translation>图层(&amp;Y)</translation>
    </message>
    <message>
      <source>Classes</source>
      <translation>类别</translation>
    </message>
    <message>
      <source>Preview</source>
      <translation>预览</translation>
    </message>
    <message>
      <source>Segment</source>
      <translation>分割</translation>
    </message>
    <message>
      <source>Segmentation</source>
      <translation>影像分割</translation>
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
      <source>superpixels</source>
      <translation>超像素</translation>
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
      <source>Divides an image into classes of like surface, without samples.</source>
      <translation>无需样本，将影像划分为地表相似的类别。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Divides an image into &lt;b&gt;classes&lt;/b&gt; of like surface, such as water, forest, roofs or bare soil. &lt;b&gt;No samples are needed&lt;/b&gt;: give an image and the number of classes, and name the classes afterwards.&lt;/p&gt; &lt;p&gt;The image is cut into superpixels, these are grouped by their color, texture and surroundings, a small network learns the groups from the image itself, and both together decide on the class of every superpixel.&lt;/p&gt; &lt;ul&gt; &lt;li&gt;&lt;i&gt;balanced&lt;/i&gt;: the best result for the time.&lt;/li&gt; &lt;li&gt;&lt;i&gt;fast&lt;/i&gt;: the groups alone, for a first look and for very large scenes. It gives up what the network adds: no second opinion on the superpixels, and no model for other scenes. Where the model is asked for, a network is trained for it alone; the classes stay the same.&lt;/li&gt; &lt;li&gt;&lt;i&gt;published&lt;/i&gt;: the published method as it stands, for comparison. Its network teaches itself, may end with fewer classes, and gives others with another seed.&lt;/li&gt; &lt;/ul&gt; &lt;p&gt;Say what the image was taken by (&lt;i&gt;Imagery&lt;/i&gt;), and superpixels have a size on the ground that suits it; or give the size yourself, in pixels or meters. Below the parameters stands what a run with them will take, an estimate of time and memory that is learned from the runs on this computer; the progress tells how long is left.&lt;/p&gt; &lt;p&gt;The classes come as a styled layer whose colors are the classes' average colors, with each class's share of the area in the legend. Names, colors, areas and band means are in the file itself. Superpixels, average color, confidence, the model and a report can be had from the same run.&lt;/p&gt; &lt;p&gt;Which classes are most alike is kept beside the result, in &lt;i&gt;classes.tif.superseg.json&lt;/i&gt;: &lt;i&gt;Merge classes&lt;/i&gt; makes fewer of them without the image and in a moment.&lt;/p&gt;</source>
      <translation>&lt;p&gt;将影像划分为地表相似的&lt;b&gt;类别&lt;/b&gt;，如水体、森林、屋顶或裸土。&lt;b&gt;无需样本&lt;/b&gt;：给出影像和类别数，之后再为类别命名。&lt;/p&gt; &lt;p&gt;影像先被切成超像素，再按颜色、纹理和周围环境归组；一个小型网络从影像自身学习这些组，两者共同决定每个超像素的类别。&lt;/p&gt; &lt;ul&gt; &lt;li&gt;&lt;i&gt;balanced&lt;/i&gt;：在所用时间内效果最好。&lt;/li&gt; &lt;li&gt;&lt;i&gt;fast&lt;/i&gt;：只用归组，适于初看和超大影像。它放弃网络带来的好处：对超像素没有第二种意见，也没有可用于其他影像的模型。若要求输出模型，则只为模型训练网络，类别不变。&lt;/li&gt; &lt;li&gt;&lt;i&gt;published&lt;/i&gt;：按原文发表的方法，供比较。其网络自我学习，最终类别可能较少，换一个种子结果也不同。&lt;/li&gt; &lt;/ul&gt; &lt;p&gt;指明影像的来源（&lt;i&gt;影像类型&lt;/i&gt;），超像素就有与之相称的地面大小；也可自行以像素或米给出。参数下方给出按当前参数运行所需时间和内存的估计，由本机以往的运行得来；进度中显示剩余时间。&lt;/p&gt; &lt;p&gt;类别以带样式的图层给出，颜色为各类的平均颜色，图例中有各类的面积占比。名称、颜色、面积和波段均值都在文件之中。同一次运行还可得到超像素、平均颜色、置信度、模型和报告。&lt;/p&gt; &lt;p&gt;哪些类别最相似，记录在结果旁的 &lt;i&gt;classes.tif.superseg.json&lt;/i&gt; 中：&lt;i&gt;合并类别&lt;/i&gt;无需影像，片刻即可减少类别。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Image</source>
      <translation>影像</translation>
    </message>
    <message>
      <source>The image: any raster layer, any number of bands, any number type. Web layers are fetched once, at the resolution of the map view.</source>
      <translation>影像：任何栅格图层，波段数和数值类型不限。网络图层会按地图视图的分辨率获取一次。</translation>
    </message>
    <message>
      <source>Bands</source>
      <translation>波段</translation>
    </message>
    <message>
      <source>Band numbers of the image to use. All bands except an alpha band if left empty.</source>
      <translation>要使用的影像波段号。留空则使用除 alpha 波段以外的全部波段。</translation>
    </message>
    <message>
      <source>Extent</source>
      <translation>范围</translation>
    </message>
    <message>
      <source>Only this rectangle is worked on, and the results are cut to it.</source>
      <translation>只处理该矩形之内，结果也裁剪到它。</translation>
    </message>
    <message>
      <source>Mask</source>
      <translation>掩膜</translation>
    </message>
    <message>
      <source>Only pixels whose center lies in one of these polygons are worked on; the others become nodata. The polygons may be in any CRS.</source>
      <translation>只处理中心落在这些多边形之内的像素，其余成为无数据。多边形可采用任何坐标参考系。</translation>
    </message>
    <message>
      <source>How many classes come out; where the image has fewer kinds of surface, the log says so. 0 finds out: of 24 classes those too alike are joined, and at least 4 stay if there are as many. published may end with fewer, and starts from 32 with 0.</source>
      <translation>得到多少个类别；若影像的地表种类较少，日志会说明。0 表示自动确定：先得 24 类，过于相似的合并，若有则至少保留 4 类。published 最终可能较少，取 0 时从 32 类开始。</translation>
    </message>
    <message>
      <source>Preset</source>
      <translation>方案</translation>
    </message>
    <message>
      <source>balanced: the best result for the time. fast: no network, so no refinement by one. published: the published method as it stands.</source>
      <translation>balanced：在所用时间内效果最好。fast：不用网络，因而没有网络的改进。published：按原文发表的方法。</translation>
    </message>
    <message>
      <source>Imagery</source>
      <translation>影像类型</translation>
    </message>
    <message>
      <source>What the image was taken by, so that superpixels are as large on the ground as suits it; the size of the pixels is measured in the middle of the image, in degrees too. any: superpixels from 8 x 8 pixels on, and from fewer in images of less than a megapixel, down to 3 x 3, whatever their size on the ground. drone: from 0.4 m, for pixels of a few centimeters. aerial: from 1 m, for pixels of 10 to 50 cm. vhr: from 2.5 m, for satellites with pixels of 0.3 to 4 m. sentinel2: from 30 m. landsat: from 90 m.</source>
      <translation>影像由什么拍摄，使超像素在地面上的大小与之相称；像素大小在影像中部测定，经纬度坐标亦然。any：从 8 x 8 像素起，不足一百万像素的影像则更小，最小 3 x 3，不论地面大小。drone（无人机）：从 0.4 米起，适于几厘米的像素。aerial（航空）：从 1 米起，适于 10 至 50 厘米的像素。vhr（甚高分辨率卫星）：从 2.5 米起，适于 0.3 至 4 米的像素。sentinel2：从 30 米起。landsat：从 90 米起。</translation>
    </message>
    <message>
      <source>Superpixel size</source>
      <translation>超像素大小</translation>
    </message>
    <message>
      <source>Side of the smallest superpixels, in pixels or meters as UNITS says. Most are a few times as large. 0 leaves it to IMAGERY.</source>
      <translation>最小超像素的边长，按 UNITS 以像素或米计。多数超像素比它大几倍。0 表示由 IMAGERY 决定。</translation>
    </message>
    <message>
      <source>Units</source>
      <translation>单位</translation>
    </message>
    <message>
      <source>What SUPERPIXEL_SIZE and MIN_AREA are given in: pixels, or meters and square meters, whatever the units of the image's CRS.</source>
      <translation>SUPERPIXEL_SIZE 和 MIN_AREA 的单位：像素，或米和平方米，与影像坐标参考系的单位无关。</translation>
    </message>
    <message>
      <source>Smoothness</source>
      <translation>平滑度</translation>
    </message>
    <message>
      <source>How strongly neighboring superpixels are drawn to the same class. 0 switches smoothing off.</source>
      <translation>相邻超像素归入同一类别的倾向有多强。0 表示不平滑。</translation>
    </message>
    <message>
      <source>Minimum area</source>
      <translation>最小面积</translation>
    </message>
    <message>
      <source>Patches smaller than this are dissolved into their largest neighbor; pixels, or square meters if UNITS is meters. 0 keeps all.</source>
      <translation>小于此值的图斑并入其最大的邻居；以像素计，UNITS 为 meters 时以平方米计。0 表示全部保留。</translation>
    </message>
    <message>
      <source>Seed</source>
      <translation>随机种子</translation>
    </message>
    <message>
      <source>What the network's training starts from; superpixels and their groups are the same for every seed. The same image, options and seed give the same result.</source>
      <translation>网络训练的起点；超像素及其归组与种子无关。相同的影像、设置和种子得到相同的结果。</translation>
    </message>
    <message>
      <source>Device</source>
      <translation>设备</translation>
    </message>
    <message>
      <source>What computes the network: auto takes the graphics processor where there is a usable one, else the CPU; cuda is an NVIDIA processor, mps an Apple one.</source>
      <translation>用什么计算网络：auto 在有可用图形处理器时使用它，否则用 CPU；cuda 为 NVIDIA 处理器，mps 为 Apple 处理器。</translation>
    </message>
    <message>
      <source>Tile size</source>
      <translation>瓦片大小</translation>
    </message>
    <message>
      <source>Side of the square tiles, in pixels, in which the scene is worked on. 0 lets the free memory decide. The result hardly depends on it.</source>
      <translation>处理影像所用方形瓦片的边长，以像素计。0 表示由可用内存决定。对结果几乎没有影响。</translation>
    </message>
    <message>
      <source>Raster of classes, from 1; 0 is nodata.</source>
      <translation>类别栅格，从 1 开始；0 为无数据。</translation>
    </message>
    <message>
      <source>Superpixels</source>
      <translation>超像素</translation>
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
      <source>The image with every pixel replaced by the average of its class, in all bands.</source>
      <translation>每个像素由其类别的平均值代替的影像，含所有波段。</translation>
    </message>
    <message>
      <source>Confidence</source>
      <translation>置信度</translation>
    </message>
    <message>
      <source>How sure each pixel's class is, in percent.</source>
      <translation>每个像素的类别有多可靠，以百分数表示。</translation>
    </message>
    <message>
      <source>Model</source>
      <translation>模型</translation>
    </message>
    <message>
      <source>What the classes are told apart by, to classify other images of the same bands with.</source>
      <translation>区分各类别的依据，可用来对波段相同的其他影像分类。</translation>
    </message>
    <message>
      <source>Report</source>
      <translation>报告</translation>
    </message>
    <message>
      <source>A page to read and to print: maps, classes, the course of the training, times, settings, and the command line that repeats the run.</source>
      <translation>可阅读和打印的网页：地图、类别、训练过程、时间、设置，以及重复此次运行的命令行。</translation>
    </message>
    <message>
      <source>Number of superpixels</source>
      <translation>超像素数</translation>
    </message>
    <message>
      <source>Steps</source>
      <translation>步骤</translation>
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
      <source>Cuts an image into small patches of similar pixels.</source>
      <translation>将影像切成由相似像素组成的小块。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Cuts an image into &lt;b&gt;superpixels&lt;/b&gt;: small patches of neighboring pixels that look alike and whose borders follow the edges in the image.&lt;/p&gt; &lt;p&gt;&lt;i&gt;felzenszwalb&lt;/i&gt; merges neighbors as long as the step between them is small for the patches that they would join: superpixels differ in size and follow fine detail. &lt;i&gt;slic&lt;/i&gt; grows compact patches of about the same size.&lt;/p&gt; &lt;p&gt;How large they are can be said in three ways: by &lt;i&gt;Imagery&lt;/i&gt;, which knows what suits a sensor; by &lt;i&gt;Superpixel size&lt;/i&gt;, the side of the smallest ones in pixels or meters; or by the method's own scale, minimum size and region size. The last are used while imagery is any and the superpixel size is 0; one of the first two together with changed own sizes is refused.&lt;/p&gt; &lt;p&gt;All bands are used, however many there are. The scene is worked on tile by tile; the seams are joined, so that no tile line shows.&lt;/p&gt; &lt;p&gt;The result holds a number for each superpixel, from 1 without gaps; 0 is nodata. It can be given to &lt;i&gt;Train a network&lt;/i&gt;, &lt;i&gt;Classify&lt;/i&gt; and &lt;i&gt;Average color&lt;/i&gt;.&lt;/p&gt;</source>
      <translation>&lt;p&gt;将影像切成&lt;b&gt;超像素&lt;/b&gt;：外观相似的相邻像素组成的小块，其边界沿着影像中的边缘。&lt;/p&gt; &lt;p&gt;&lt;i&gt;felzenszwalb&lt;/i&gt; 只要相邻两块之间的差异相对于它们而言较小就合并：超像素大小不一，能跟随细节。&lt;i&gt;slic&lt;/i&gt; 生长出大小相近的紧凑小块。&lt;/p&gt; &lt;p&gt;大小可用三种方式给出：&lt;i&gt;影像类型&lt;/i&gt;，它知道适合传感器的大小；&lt;i&gt;超像素大小&lt;/i&gt;，即最小超像素的边长，以像素或米计；或方法自己的尺度、最小大小和区域大小。影像类型为 any 且超像素大小为 0 时用后者；前两者之一与改动过的后者同时给出则被拒绝。&lt;/p&gt; &lt;p&gt;使用全部波段，数目不限。影像逐瓦片处理，接缝会被连接，看不出瓦片的界线。&lt;/p&gt; &lt;p&gt;结果为每个超像素一个编号，从 1 起连续；0 为无数据。可交给&lt;i&gt;训练网络&lt;/i&gt;、&lt;i&gt;分类&lt;/i&gt;和&lt;i&gt;平均颜色&lt;/i&gt;。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Method</source>
      <translation>方法</translation>
    </message>
    <message>
      <source>felzenszwalb: sizes differ, borders follow fine detail. slic: compact, about the same size.</source>
      <translation>felzenszwalb：大小不一，边界跟随细节。slic：紧凑，大小相近。</translation>
    </message>
    <message>
      <source>What the image was taken by, so that superpixels are as large on the ground as suits it; the size of the pixels is measured in the middle of the image, in degrees too. any: superpixels from MIN_SIZE or REGION_SIZE on, whatever their size on the ground. drone: from 0.4 m, for pixels of a few centimeters. aerial: from 1 m, for pixels of 10 to 50 cm. vhr: from 2.5 m, for satellites with pixels of 0.3 to 4 m. sentinel2: from 30 m. landsat: from 90 m. Sets SCALE and MIN_SIZE, or REGION_SIZE with slic, which must then be left as they are.</source>
      <translation>影像由什么拍摄，使超像素在地面上的大小与之相称；像素大小在影像中部测定，经纬度坐标亦然。any：从 MIN_SIZE 或 REGION_SIZE 起，不论地面大小。drone（无人机）：从 0.4 米起，适于几厘米的像素。aerial（航空）：从 1 米起，适于 10 至 50 厘米的像素。vhr（甚高分辨率卫星）：从 2.5 米起，适于 0.3 至 4 米的像素。sentinel2：从 30 米起。landsat：从 90 米起。由此设定 SCALE 和 MIN_SIZE（slic 则为 REGION_SIZE），这些参数此时须保持原样。</translation>
    </message>
    <message>
      <source>What SUPERPIXEL_SIZE is given in: pixels, or meters, whatever the units of the image's CRS.</source>
      <translation>SUPERPIXEL_SIZE 的单位：像素或米，与影像坐标参考系的单位无关。</translation>
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
      <source>Width of the Gaussian that smooths the image beforehand; 0 for none. Used by felzenszwalb.</source>
      <translation>事先平滑影像的高斯函数的宽度；0 表示不平滑。用于 felzenszwalb。</translation>
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
      <source>Neighbors that a pixel may join: 8 with the diagonal ones, which keeps narrow lines in one piece, or 4, a little faster. Used by felzenszwalb.</source>
      <translation>一个像素可与哪些邻居相连：8 含对角邻居，使细线保持完整；4 稍快。用于 felzenszwalb。</translation>
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
      <source>Trains a small network to tell the classes of an image apart, without samples.</source>
      <translation>无需样本，训练一个小型网络来区分影像的类别。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Trains a small fully convolutional network on the image itself. &lt;b&gt;No samples are needed&lt;/b&gt;: the superpixels tell which pixels belong together, and the guidance which superpixels do.&lt;/p&gt; &lt;p&gt;The result is a model file (&lt;code&gt;.superseg&lt;/code&gt;). &lt;i&gt;Classify&lt;/i&gt; applies it to this image, or to any other image of the same bands. It holds the network, the statistics of the bands, the colors of the classes and, with &lt;i&gt;clusters&lt;/i&gt;, how superpixels are told apart and which classes are alike; it runs no code when it is opened.&lt;/p&gt; &lt;p&gt;The time needed depends on steps, patch size and batch size, not on the size of the scene: patches are drawn from all over it.&lt;/p&gt;</source>
      <translation>&lt;p&gt;用影像自身训练一个小型全卷积网络。&lt;b&gt;无需样本&lt;/b&gt;：超像素说明哪些像素属于一起，引导说明哪些超像素属于一起。&lt;/p&gt; &lt;p&gt;结果是一个模型文件（&lt;code&gt;.superseg&lt;/code&gt;）。&lt;i&gt;分类&lt;/i&gt;可将它用于此影像或波段相同的任何其他影像。它包含网络、波段统计、类别颜色，采用 &lt;i&gt;clusters&lt;/i&gt; 时还包含如何区分超像素以及哪些类别相似；打开时不运行任何代码。&lt;/p&gt; &lt;p&gt;所需时间取决于步数、图块大小和批大小，而与影像大小无关：图块取自整幅影像各处。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Superpixels of the same image, on the same grid. Made as IMAGERY says if left empty.</source>
      <translation>同一影像、同一格网的超像素。留空则按 IMAGERY 制作。</translation>
    </message>
    <message>
      <source>What the image was taken by, so that superpixels are as large on the ground as suits it; the size of the pixels is measured in the middle of the image, in degrees too. any: superpixels from 8 x 8 pixels on, and from fewer in images of less than a megapixel, down to 3 x 3, whatever their size on the ground. drone: from 0.4 m, for pixels of a few centimeters. aerial: from 1 m, for pixels of 10 to 50 cm. vhr: from 2.5 m, for satellites with pixels of 0.3 to 4 m. sentinel2: from 30 m. landsat: from 90 m. Only where no SUPERPIXELS are given.</source>
      <translation>影像由什么拍摄，使超像素在地面上的大小与之相称；像素大小在影像中部测定，经纬度坐标亦然。any：从 8 x 8 像素起，不足一百万像素的影像则更小，最小 3 x 3，不论地面大小。drone（无人机）：从 0.4 米起，适于几厘米的像素。aerial（航空）：从 1 米起，适于 10 至 50 厘米的像素。vhr（甚高分辨率卫星）：从 2.5 米起，适于 0.3 至 4 米的像素。sentinel2：从 30 米起。landsat：从 90 米起。仅在未给出 SUPERPIXELS 时使用。</translation>
    </message>
    <message>
      <source>How many classes to tell apart. With clusters the model has as many, or fewer where the image has fewer kinds of surface; 0 finds out. With selftraining it starts from so many and may end with fewer; 0 is no choice there.</source>
      <translation>区分多少个类别。采用 clusters 时模型有这么多类别，影像地表种类较少时则更少；0 表示自动确定。采用 selftraining 时从这么多开始，最终可能较少；此时不能取 0。</translation>
    </message>
    <message>
      <source>Guidance</source>
      <translation>引导</translation>
    </message>
    <message>
      <source>What the network learns from. clusters: groups of superpixels of similar color, texture and surroundings, the same every time. selftraining: the network's own guess, made uniform within each superpixel, as published.</source>
      <translation>网络从什么学习。clusters：颜色、纹理和周围环境相似的超像素组，每次都相同。selftraining：网络自己的判断，在每个超像素内统一，如原文所述。</translation>
    </message>
    <message>
      <source>Number of batches to learn from.</source>
      <translation>用来学习的批数。</translation>
    </message>
    <message>
      <source>Network</source>
      <translation>网络</translation>
    </message>
    <message>
      <source>light is the faster one; published is that of the published method.</source>
      <translation>light 较快；published 为原文方法的网络。</translation>
    </message>
    <message>
      <source>Loss</source>
      <translation>损失</translation>
    </message>
    <message>
      <source>What is made small: crossentropy as usual, focal for the sake of rare classes, lovasz for the overlap of each class.</source>
      <translation>使什么变小：crossentropy 为常规，focal 照顾稀少的类别，lovasz 着眼于各类的重叠。</translation>
    </message>
    <message>
      <source>Patch size (pixels)</source>
      <translation>图块大小（像素）</translation>
    </message>
    <message>
      <source>Side of the square pieces of the image that the network learns from.</source>
      <translation>网络用来学习的方形影像块的边长。</translation>
    </message>
    <message>
      <source>Batch size</source>
      <translation>批大小</translation>
    </message>
    <message>
      <source>Pieces of the image in each step. Fewer need less memory.</source>
      <translation>每一步的影像块数。越少所需内存越少。</translation>
    </message>
    <message>
      <source>Learning rate</source>
      <translation>学习率</translation>
    </message>
    <message>
      <source>How far each step goes. Lower it where the loss jumps about.</source>
      <translation>每一步走多远。损失跳动时请减小。</translation>
    </message>
    <message>
      <source>Initial model</source>
      <translation>初始模型</translation>
    </message>
    <message>
      <source>A model of the same bands to start from instead of from scratch.</source>
      <translation>作为起点的、波段相同的模型，以代替从头开始。</translation>
    </message>
    <message>
      <source>The trained network with all that is needed to apply it.</source>
      <translation>训练好的网络以及应用它所需的一切。</translation>
    </message>
    <message>
      <source>The course of the training as a page to read: curves, times, settings, and the command line that repeats it.</source>
      <translation>可阅读的训练过程网页：曲线、时间、设置，以及重复它的命令行。</translation>
    </message>
    <message>
      <source>Final loss</source>
      <translation>最终损失</translation>
    </message>
    <message>
      <source>Classify</source>
      <translation>应用模型分类</translation>
    </message>
    <message>
      <source>inference</source>
      <translation>推断</translation>
    </message>
    <message>
      <source>Applies a trained model to an image and gives a raster of classes.</source>
      <translation>将训练好的模型用于影像，得到类别栅格。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Gives every pixel of an image the class that a &lt;b&gt;model&lt;/b&gt; of &lt;i&gt;Train a network&lt;/i&gt; or &lt;i&gt;Segment&lt;/i&gt; finds for it. The image must have the bands that the model was trained on; the same model used on several dates or scenes gives classes that can be compared.&lt;/p&gt; &lt;p&gt;All pixels of a &lt;b&gt;superpixel&lt;/b&gt; get the same class. What the superpixel looks like and what surrounds it counts, if the model was guided by clusters, and what the network sees in it; smoothness draws similar neighbors together. On the image that the model comes from, the result is that of &lt;i&gt;Segment&lt;/i&gt;. Superpixels are made where none are given. With a smoothness of 0 and no superpixels the network classifies every pixel on its own. The minimum area dissolves small patches.&lt;/p&gt; &lt;p&gt;Where the model knows which of its classes are alike, &lt;i&gt;Merge classes&lt;/i&gt; makes fewer of them without the image.&lt;/p&gt; &lt;p&gt;The scene is worked on tile by tile; the tile size cannot be seen in the result. Names, colors, areas and band means of the classes are written into the file itself, so that other programs see them too.&lt;/p&gt;</source>
      <translation>&lt;p&gt;用&lt;i&gt;训练网络&lt;/i&gt;或&lt;i&gt;分割&lt;/i&gt;得到的&lt;b&gt;模型&lt;/b&gt;，给出影像每个像素的类别。影像须有训练模型时的波段；同一模型用于多个日期或多幅影像，所得类别可以比较。&lt;/p&gt; &lt;p&gt;同一&lt;b&gt;超像素&lt;/b&gt;的所有像素属于同一类别。若模型由聚类引导，则超像素的外观和周围环境都起作用，还有网络从中看到的内容；平滑度使相似的邻居归为一类。对模型所来自的影像，结果与&lt;i&gt;分割&lt;/i&gt;相同。未给出超像素时自动制作。平滑度为 0 且没有超像素时，网络对每个像素单独分类。最小面积用于消除小图斑。&lt;/p&gt; &lt;p&gt;若模型知道哪些类别相似，&lt;i&gt;合并类别&lt;/i&gt;无需影像即可减少类别。&lt;/p&gt; &lt;p&gt;影像逐瓦片处理，结果中看不出瓦片大小。类别的名称、颜色、面积和波段均值写在文件之中，其他程序也能看到。&lt;/p&gt;</translation>
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
      <source>Superpixels of the same image, on the same grid: each gets one class. Made with the usual settings if left empty, unless smoothness is 0.</source>
      <translation>同一影像、同一格网的超像素：每个得到一个类别。留空则按通常的设置制作，除非平滑度为 0。</translation>
    </message>
    <message>
      <source>Minimum area (pixels)</source>
      <translation>最小面积（像素）</translation>
    </message>
    <message>
      <source>Patches of fewer pixels than this are dissolved into their largest neighbor. 0 keeps all.</source>
      <translation>像素数少于此值的图斑并入其最大的邻居。0 表示全部保留。</translation>
    </message>
    <message>
      <source>How sure the model is of each pixel's class, in percent.</source>
      <translation>模型对每个像素的类别有多大把握，以百分数表示。</translation>
    </message>
    <message>
      <source>Classify a folder</source>
      <translation>对文件夹分类</translation>
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
      <source>Applies a trained model to all images of a folder.</source>
      <translation>将训练好的模型用于文件夹中的所有影像。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Does for every image of a &lt;b&gt;folder&lt;/b&gt; what &lt;i&gt;Classify&lt;/i&gt; does for one, with the same &lt;b&gt;model&lt;/b&gt;, so that the classes of all of them can be compared: dates of one place, or tiles of a large area.&lt;/p&gt; &lt;p&gt;The results are called &lt;i&gt;name_classes.tif&lt;/i&gt; and lie in the folder of results. An image that cannot be classified, such as one with other bands, is told of in the log, and the next one is taken. As a step of a model it stands for the loop that the model designer lacks.&lt;/p&gt; &lt;p&gt;Example: train on &lt;i&gt;may.tif&lt;/i&gt;, put May to September into one folder, and choose that folder: there are five class rasters with the same legend.&lt;/p&gt;</source>
      <translation>&lt;p&gt;对&lt;b&gt;文件夹&lt;/b&gt;中的每幅影像做&lt;i&gt;应用模型分类&lt;/i&gt;对一幅所做的事，用同一&lt;b&gt;模型&lt;/b&gt;，使所有类别可以比较：同一地点的多个日期，或大区域的多个图幅。&lt;/p&gt; &lt;p&gt;结果名为 &lt;i&gt;name_classes.tif&lt;/i&gt;，位于结果文件夹中。无法分类的影像（例如波段不同）会在日志中说明，然后处理下一幅。作为模型中的一步，它代替模型设计器所没有的循环。&lt;/p&gt; &lt;p&gt;示例：用 &lt;i&gt;may.tif&lt;/i&gt; 训练，把五月至九月的影像放入一个文件夹并选择它，便得到图例相同的五个类别栅格。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Folder of images</source>
      <translation>影像文件夹</translation>
    </message>
    <message>
      <source>Where the images are; folders in it are not looked into.</source>
      <translation>影像所在之处；不查看其中的子文件夹。</translation>
    </message>
    <message>
      <source>Names</source>
      <translation>文件名</translation>
    </message>
    <message>
      <source>Which files to take, with * and ?; several patterns separated by semicolons.</source>
      <translation>取哪些文件，可用 * 和 ?；多个模式以分号分隔。</translation>
    </message>
    <message>
      <source>Folder of results</source>
      <translation>结果文件夹</translation>
    </message>
    <message>
      <source>Where the class rasters go, as name_classes.tif.</source>
      <translation>类别栅格的去处，文件名为 name_classes.tif。</translation>
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
      <source>&lt;p&gt;Replaces every pixel of an image by the &lt;b&gt;average of its class&lt;/b&gt;, band by band. The result has the bands and the number type of the image, and looks like a painting of it in as many colors as there are classes.&lt;/p&gt; &lt;p&gt;With &lt;b&gt;superpixels&lt;/b&gt;, every superpixel first takes the class that most of its pixels have.&lt;/p&gt; &lt;p&gt;Any raster of whole numbers will do as classes. Nothing needs to be installed.&lt;/p&gt;</source>
      <translation>&lt;p&gt;逐波段用&lt;b&gt;其类别的平均值&lt;/b&gt;代替影像的每个像素。结果具有影像的波段和数值类型，看上去像一幅用与类别同样多的颜色画成的画。&lt;/p&gt; &lt;p&gt;给出&lt;b&gt;超像素&lt;/b&gt;时，每个超像素先取其多数像素的类别。&lt;/p&gt; &lt;p&gt;任何整数栅格都可作为类别。无需安装任何东西。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>The image whose colors are averaged; all bands except an alpha band.</source>
      <translation>要求平均颜色的影像；除 alpha 波段以外的所有波段。</translation>
    </message>
    <message>
      <source>Raster of classes of the image, on its grid or on a part of it.</source>
      <translation>影像的类别栅格，位于其格网或其中一部分。</translation>
    </message>
    <message>
      <source>Superpixels on the grid of the classes: each takes its most frequent class before averaging.</source>
      <translation>类别格网上的超像素：求平均之前，每个取其最常见的类别。</translation>
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
      <source>Makes fewer classes of many: by number, by table, and without small objects.</source>
      <translation>由多到少减少类别：按数目、按表格，并消除小对象。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Makes fewer classes of many, in one or more of these ways:&lt;/p&gt; &lt;ul&gt; &lt;li&gt;&lt;b&gt;By number&lt;/b&gt;: the most alike classes join until so many are left. They are numbered anew, largest first.&lt;/li&gt; &lt;li&gt;&lt;b&gt;By table&lt;/b&gt;: a text file says which class becomes which, and may give names and colors. Classes that it does not name stay.&lt;/li&gt; &lt;li&gt;&lt;b&gt;Small objects&lt;/b&gt;: patches smaller than the minimum area join the neighbor that is most like them, weighted by the border that they share; the smallest first. All else stays as it is, to the pixel.&lt;/li&gt; &lt;/ul&gt; &lt;p&gt;Which classes are alike is measured on the &lt;b&gt;image&lt;/b&gt; where it is given. Otherwise it is read from the &lt;b&gt;model&lt;/b&gt;, or from the record that &lt;i&gt;Segment&lt;/i&gt; and &lt;i&gt;Classify&lt;/i&gt; leave beside their classes (&lt;i&gt;classes.tif.superseg.json&lt;/i&gt;). The result has such a record too, so that it can be merged again.&lt;/p&gt; &lt;p&gt;Example: &lt;i&gt;Segment&lt;/i&gt; has given 16 classes in &lt;i&gt;classes.tif&lt;/i&gt;. Choose that raster, enter 8 as the number of classes and leave all else empty: the most alike join until 8 are left. In a model, connect the classes of &lt;i&gt;Segment&lt;/i&gt; here and do the same.&lt;/p&gt; &lt;p&gt;Example: of the 16, classes 3 and 7 are forest and 5 is water. With this table in &lt;i&gt;forest.csv&lt;/i&gt;&lt;/p&gt; &lt;pre&gt;from,to,name,color&lt;br&gt;3,3,Forest,#1b7837&lt;br&gt;7,3,,&lt;br&gt;5,5,Water,#2166ac&lt;/pre&gt; &lt;p&gt;and a minimum area of 500, classes 3 and 7 become one called Forest, 5 is called Water, and no patch under 500 square meters is left, unless nodata surrounds it.&lt;/p&gt; &lt;p&gt;The classes may come from any program: any raster of whole numbers from 1 with at most 255 different ones will do where the image is given; 0 counts as nodata. Nothing needs to be installed.&lt;/p&gt;</source>
      <translation>&lt;p&gt;用以下一种或多种方式减少类别：&lt;/p&gt; &lt;ul&gt; &lt;li&gt;&lt;b&gt;按数目&lt;/b&gt;：最相似的类别依次合并，直到剩下这么多，并重新编号，最大的在前。&lt;/li&gt; &lt;li&gt;&lt;b&gt;按表格&lt;/b&gt;：文本文件说明哪个类别成为哪个，并可给出名称和颜色。未提到的类别不变。&lt;/li&gt; &lt;li&gt;&lt;b&gt;小对象&lt;/b&gt;：小于最小面积的图斑并入与其最相似的邻居，以共有边界加权，最小的先行。其余一个像素也不变。&lt;/li&gt; &lt;/ul&gt; &lt;p&gt;类别的相似程度：给出&lt;b&gt;影像&lt;/b&gt;时在影像上测定；否则从&lt;b&gt;模型&lt;/b&gt;读取，或从&lt;i&gt;分割&lt;/i&gt;和&lt;i&gt;应用模型分类&lt;/i&gt;在类别旁留下的记录（&lt;i&gt;classes.tif.superseg.json&lt;/i&gt;）读取。结果也有这样的记录，因此可再次合并。&lt;/p&gt; &lt;p&gt;示例：&lt;i&gt;分割&lt;/i&gt;在 &lt;i&gt;classes.tif&lt;/i&gt; 中给出 16 类。选择该栅格，类别数填 8，其余留空：最相似的合并，直到剩下 8 类。在模型中，将&lt;i&gt;分割&lt;/i&gt;的类别连到此处即可。&lt;/p&gt; &lt;p&gt;示例：16 类中，3 和 7 是森林，5 是水体。用 &lt;i&gt;forest.csv&lt;/i&gt; 中的下表&lt;/p&gt; &lt;pre&gt;from,to,name,color&lt;br&gt;3,3,Forest,#1b7837&lt;br&gt;7,3,,&lt;br&gt;5,5,Water,#2166ac&lt;/pre&gt; &lt;p&gt;和最小面积 500，3 与 7 成为一个名为 Forest 的类别，5 名为 Water，并且不再有小于 500 平方米的图斑，除非它被无数据包围。&lt;/p&gt; &lt;p&gt;类别可来自任何程序：给出影像时，任何从 1 开始、最多有 255 个不同值的整数栅格都可以；0 视为无数据。无需安装任何东西。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>The raster of classes to merge.</source>
      <translation>要合并的类别栅格。</translation>
    </message>
    <message>
      <source>How many classes shall be left; the most alike join. 0 or empty: not by number.</source>
      <translation>保留多少个类别；最相似的合并。0 或留空：不按数目。</translation>
    </message>
    <message>
      <source>Table</source>
      <translation>表格文件</translation>
    </message>
    <message>
      <source>Text file in UTF-8 with the columns from, to, name and color, separated by comma, semicolon or tab; name and color (such as #1b7837) may be missing. Each line makes one class another.</source>
      <translation>UTF-8 文本文件，列为 from、to、name 和 color，以逗号、分号或制表符分隔；name 和 color（如 #1b7837）可以没有。每行使一个类别成为另一个。</translation>
    </message>
    <message>
      <source>Minimum area (square map units)</source>
      <translation>最小面积（平方地图单位）</translation>
    </message>
    <message>
      <source>Patches smaller than this join their most similar neighbor, after the classes have been merged. In the units of the CRS, such as square meters; square meters too where the coordinates are degrees, pixels where there is no georeference. 0 keeps all.</source>
      <translation>类别合并之后，小于此值的图斑并入最相似的邻居。以坐标参考系的单位计，如平方米；坐标为度时也以平方米计，没有地理参考时以像素计。0 表示全部保留。</translation>
    </message>
    <message>
      <source>The image that the classes are of: classes are compared by its values, and small patches with their neighbors by their average colors, in all bands except alpha. It may be larger than the classes.</source>
      <translation>类别所属的影像：以其数值比较类别，并以平均颜色比较小图斑与其邻居，使用除 alpha 以外的所有波段。它可以比类别大。</translation>
    </message>
    <message>
      <source>The model that the classes are from (.superseg): knows which of them are alike, and their names. Not needed with an image, or with the classes' own record beside them.</source>
      <translation>类别所来自的模型（.superseg）：知道哪些类别相似以及它们的名称。有影像或类别自身的记录时不需要。</translation>
    </message>
    <message>
      <source>Merged classes</source>
      <translation>合并后的类别</translation>
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
      <source>Turns classes into polygons with name and area.</source>
      <translation>将类别转为带名称和面积的多边形。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Makes one polygon of each patch of a &lt;b&gt;class raster&lt;/b&gt;, with the number of its class, its name, and its area on the ellipsoid of the project, in the project's units of area (square meters where nothing else is set).&lt;/p&gt; &lt;p&gt;A &lt;b&gt;table&lt;/b&gt; merges and names classes first, as in &lt;i&gt;Merge classes&lt;/i&gt;; the class workbench gives one with the classes as they are shown there.&lt;/p&gt; &lt;p&gt;&lt;b&gt;Simplify&lt;/b&gt; takes the steps of the pixels out of the outlines. From QGIS 3.36 on, neighbors keep their common borders; before, each polygon is simplified by itself, which leaves narrow gaps and overlaps. The area is that of the simplified polygon.&lt;/p&gt; &lt;p&gt;Example: &lt;i&gt;classes.tif&lt;/i&gt; has pixels of 10 m. Choose it, enter 15 to simplify, and the result has smooth outlines that lie at most 15 m off the pixels. Nothing needs to be installed.&lt;/p&gt;</source>
      <translation>&lt;p&gt;为&lt;b&gt;类别栅格&lt;/b&gt;的每个图斑生成一个多边形，带有类别编号、名称，以及在工程椭球上以工程面积单位计的面积（未设置时为平方米）。&lt;/p&gt; &lt;p&gt;&lt;b&gt;表格&lt;/b&gt;先合并并命名类别，如&lt;i&gt;合并类别&lt;/i&gt;那样；类别工作台可给出与其所示类别一致的表格。&lt;/p&gt; &lt;p&gt;&lt;b&gt;简化&lt;/b&gt;去掉轮廓上的像素阶梯。从 QGIS 3.36 起，相邻多边形保持公共边界；此前每个多边形单独简化，会留下窄缝和重叠。面积为简化后多边形的面积。&lt;/p&gt; &lt;p&gt;示例：&lt;i&gt;classes.tif&lt;/i&gt; 的像素为 10 米。选择它，简化填 15，结果的轮廓平滑，偏离像素至多 15 米。无需安装任何东西。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>The raster of classes.</source>
      <translation>类别栅格文件。</translation>
    </message>
    <message>
      <source>Text file with the columns from, to, name and color: which class becomes which, as in Merge classes.</source>
      <translation>列为 from、to、name 和 color 的文本文件：哪个类别成为哪个，如“合并类别”。</translation>
    </message>
    <message>
      <source>Simplify (map units)</source>
      <translation>简化（地图单位）</translation>
    </message>
    <message>
      <source>How far outlines may be moved to become simpler, in the units of the classes' CRS. 0 keeps the borders of the pixels.</source>
      <translation>为使轮廓更简单可移动多远，以类别坐标参考系的单位计。0 保留像素的边界。</translation>
    </message>
    <message>
      <source>Polygons with the fields class, name and area.</source>
      <translation>带有字段 class、name 和 area 的多边形。</translation>
    </message>
    <message>
      <source>Number of polygons</source>
      <translation>多边形数</translation>
    </message>
    <message>
      <source>Changes</source>
      <translation>变化</translation>
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
      <source>&lt;p&gt;Compares the &lt;b&gt;classes of two dates&lt;/b&gt;, made with one model, and maps what became what: every change that occurs is a class of its own with a name such as &lt;i&gt;Forest &amp;gt; Town&lt;/i&gt;, its area, and the color of what it became. What has not changed is pale, and what has no class at one of the dates is nodata.&lt;/p&gt; &lt;p&gt;The &lt;b&gt;table&lt;/b&gt; has a line for each pair of classes, no change included: &lt;i&gt;value&lt;/i&gt; in the map, class &lt;i&gt;from&lt;/i&gt; and &lt;i&gt;to&lt;/i&gt;, their names, &lt;i&gt;pixels&lt;/i&gt;, &lt;i&gt;area&lt;/i&gt; (square meters, on the ellipsoid where the coordinates are degrees) and &lt;i&gt;percent&lt;/i&gt; of the area that has a class at both dates.&lt;/p&gt; &lt;p&gt;Both rasters need the same pixels and the same legend: number 3 must stand for the same at both dates. Two runs of &lt;i&gt;Segment&lt;/i&gt; number their classes each in its own way; train or segment the one date, and &lt;i&gt;Classify&lt;/i&gt; the other by that model.&lt;/p&gt; &lt;p&gt;Example: &lt;i&gt;Segment&lt;/i&gt; has given &lt;i&gt;may.tif&lt;/i&gt; 8 classes and a model. Classify &lt;i&gt;june.tif&lt;/i&gt; by it, choose both class rasters here, and the largest changes are numbers 2, 3 and so on. Nothing needs to be installed.&lt;/p&gt;</source>
      <translation>&lt;p&gt;比较用同一模型得到的&lt;b&gt;两个日期的类别&lt;/b&gt;，绘出什么变成了什么：出现的每种变化自成一类，有 &lt;i&gt;Forest &amp;gt; Town&lt;/i&gt; 这样的名称、面积，以及所变成类别的颜色。没有变化的地方颜色很淡，任一日期没有类别的地方为无数据。&lt;/p&gt; &lt;p&gt;&lt;b&gt;变化表&lt;/b&gt;对每一对类别有一行，包括无变化的：图中的 &lt;i&gt;value&lt;/i&gt;、类别 &lt;i&gt;from&lt;/i&gt; 和 &lt;i&gt;to&lt;/i&gt; 及其名称、&lt;i&gt;pixels&lt;/i&gt;（像素数）、&lt;i&gt;area&lt;/i&gt;（面积，平方米；坐标为度时按椭球计）和 &lt;i&gt;percent&lt;/i&gt;（在两个日期都有类别的面积中所占百分比）。&lt;/p&gt; &lt;p&gt;两个栅格须有相同的像素和相同的图例：编号 3 在两个日期须指同一类别。两次&lt;i&gt;分割&lt;/i&gt;各自为类别编号；请对一个日期训练或分割，再用该模型对另一个日期&lt;i&gt;应用模型分类&lt;/i&gt;。&lt;/p&gt; &lt;p&gt;示例：&lt;i&gt;分割&lt;/i&gt;给出 &lt;i&gt;may.tif&lt;/i&gt; 的 8 个类别和一个模型。用该模型对 &lt;i&gt;june.tif&lt;/i&gt; 分类，在此选择两个类别栅格，编号 2、3 等即为最大的变化。无需安装任何东西。&lt;/p&gt;</translation>
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
      <source>The classes of the later date, on the same grid and with the same legend.</source>
      <translation>较晚日期的类别，须在相同格网上并有相同的图例。</translation>
    </message>
    <message>
      <source>Raster of changes, the largest first, from 2; 1 is no change and 0 nodata.</source>
      <translation>变化栅格，从 2 起按面积由大到小；1 为无变化，0 为无数据。</translation>
    </message>
    <message>
      <source>Table of changes</source>
      <translation>变化表</translation>
    </message>
    <message>
      <source>Area of each former class that became each present one, as comma-separated values.</source>
      <translation>每个原类别变成每个现类别的面积，以逗号分隔的文本。</translation>
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
      <source>Evaluate</source>
      <translation>评价</translation>
    </message>
    <message>
      <source>Assessment</source>
      <translation>精度评价</translation>
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
      <source>confusion matrix</source>
      <translation>混淆矩阵</translation>
    </message>
    <message>
      <source>Measures how well classes agree with a reference, whatever their numbers.</source>
      <translation>衡量类别与参考的一致程度，不论其编号。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Measures how well a raster of classes agrees with a &lt;b&gt;reference&lt;/b&gt; on the same grid. The numbers of the classes need not match: the measures compare the divisions, and for accuracy and IoU every class is paired with the reference class so that the most pixels agree.&lt;/p&gt; &lt;ul&gt; &lt;li&gt;&lt;b&gt;AMI&lt;/b&gt;, &lt;b&gt;ARI&lt;/b&gt;: adjusted mutual information and adjusted Rand index; 0 for chance, 1 for equal.&lt;/li&gt; &lt;li&gt;&lt;b&gt;FMI&lt;/b&gt;: Fowlkes-Mallows index; &lt;b&gt;ARE&lt;/b&gt;: adapted Rand error, 0 for equal.&lt;/li&gt; &lt;li&gt;&lt;b&gt;V-measure&lt;/b&gt;, &lt;b&gt;accuracy&lt;/b&gt; and &lt;b&gt;mean IoU&lt;/b&gt; after pairing.&lt;/li&gt; &lt;/ul&gt; &lt;p&gt;The values returned leave unlabelled pixels out. The log and the report also give them with the unlabelled pixels as a class, as the published evaluation counts. Nothing needs to be installed.&lt;/p&gt;</source>
      <translation>&lt;p&gt;衡量类别栅格与同一格网上的&lt;b&gt;参考&lt;/b&gt;的一致程度。类别编号不必相同：这些指标比较的是划分；计算精度和 IoU 时，每个类别与参考类别配对，使一致的像素最多。&lt;/p&gt; &lt;ul&gt; &lt;li&gt;&lt;b&gt;AMI&lt;/b&gt;、&lt;b&gt;ARI&lt;/b&gt;：调整互信息和调整兰德指数；0 为随机，1 为相同。&lt;/li&gt; &lt;li&gt;&lt;b&gt;FMI&lt;/b&gt;：Fowlkes-Mallows 指数；&lt;b&gt;ARE&lt;/b&gt;：调整兰德误差，0 为相同。&lt;/li&gt; &lt;li&gt;&lt;b&gt;V-measure&lt;/b&gt;、配对后的&lt;b&gt;精度&lt;/b&gt;和&lt;b&gt;平均 IoU&lt;/b&gt;。&lt;/li&gt; &lt;/ul&gt; &lt;p&gt;返回值不计未标注的像素。日志和报告也给出把未标注像素作为一类的结果，与原文的评价一致。无需安装任何东西。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>The raster of classes to judge.</source>
      <translation>要评价的类别栅格。</translation>
    </message>
    <message>
      <source>Reference</source>
      <translation>参考</translation>
    </message>
    <message>
      <source>Raster of true classes, as whole numbers, on the same grid.</source>
      <translation>同一格网上真实类别的整数栅格。</translation>
    </message>
    <message>
      <source>Unlabelled value</source>
      <translation>未标注值</translation>
    </message>
    <message>
      <source>The value of the reference that means not labelled. The reference's nodata value if left empty, else 0.</source>
      <translation>参考中表示未标注的值。留空则取参考的无数据值，没有则取 0。</translation>
    </message>
    <message>
      <source>All measures and the confusion matrix as a page to read.</source>
      <translation>含所有指标和混淆矩阵的网页。</translation>
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
      <source>V-measure</source>
      <translation>V-measure 指标</translation>
    </message>
    <message>
      <source>Accuracy</source>
      <translation>总体精度</translation>
    </message>
    <message>
      <source>Mean IoU</source>
      <translation>平均 IoU</translation>
    </message>
    <message>
      <source>Install the runtime</source>
      <translation>安装运行环境</translation>
    </message>
    <message>
      <source>Set-up</source>
      <translation>设置</translation>
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
      <source>Installs the programs that superpixels and networks are computed with.</source>
      <translation>安装计算超像素和网络所用的程序。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Superpixels and networks are computed by PyTorch and other libraries in a &lt;b&gt;process of its own&lt;/b&gt;, so that they can neither disturb nor crash QGIS. This installs them into a folder of your user account; QGIS, its Python and other plugins stay as they are. Every QGIS version on this computer then uses the same installation.&lt;/p&gt; &lt;p&gt;It takes some minutes. &lt;i&gt;cpu&lt;/i&gt; downloads 0.2 to 0.4 GB and takes 1.3 GB on disk, &lt;i&gt;cuda&lt;/i&gt; 2 to 3 GB and 5 GB. If it fails or is cancelled, nothing is left behind, and an older installation stays as it was.&lt;/p&gt; &lt;p&gt;The &lt;b&gt;proxy&lt;/b&gt; and the certificates that QGIS is set to (Settings &amp;gt; Options &amp;gt; Network and Authentication) hold for the installation as well.&lt;/p&gt; &lt;p&gt;&lt;b&gt;Without internet&lt;/b&gt;, give a folder with the wheel files, or a zip file of them, as source. The log has the command lines, for those who want to do it by hand.&lt;/p&gt; &lt;p&gt;If you have a Python environment with PyTorch already, set the environment variable SUPERSEG_PYTHON to its interpreter instead. In the window of QGIS, &lt;i&gt;Plugins &amp;gt; SuperSeg &amp;gt; Runtime&lt;/i&gt; does the same and more.&lt;/p&gt;</source>
      <translation>&lt;p&gt;超像素和网络由 PyTorch 等库在&lt;b&gt;独立的进程&lt;/b&gt;中计算，既不干扰也不会使 QGIS 崩溃。本工具将它们安装到您用户账户的一个文件夹中；QGIS、其 Python 和其他插件保持不变。本机的所有 QGIS 版本共用这一安装。&lt;/p&gt; &lt;p&gt;需要几分钟。&lt;i&gt;cpu&lt;/i&gt; 下载 0.2 至 0.4 GB，占用磁盘 1.3 GB；&lt;i&gt;cuda&lt;/i&gt; 下载 2 至 3 GB，占用 5 GB。失败或取消时不留下任何东西，原有的安装保持不变。&lt;/p&gt; &lt;p&gt;QGIS 中设置的&lt;b&gt;代理&lt;/b&gt;和证书（设置 &amp;gt; 选项 &amp;gt; 网络和认证）对安装同样有效。&lt;/p&gt; &lt;p&gt;&lt;b&gt;没有互联网&lt;/b&gt;时，以 wheel 文件夹或其 zip 文件作为来源。日志中有命令行，供想手动安装的人使用。&lt;/p&gt; &lt;p&gt;若您已有带 PyTorch 的 Python 环境，可将环境变量 SUPERSEG_PYTHON 设为其解释器。在 QGIS 窗口中，&lt;i&gt;插件 &amp;gt; SuperSeg &amp;gt; 运行环境&lt;/i&gt;有同样以及更多的功能。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Backend</source>
      <translation>后端</translation>
    </message>
    <message>
      <source>auto looks for an NVIDIA graphics processor; cpu is smaller and runs everywhere; cuda needs an NVIDIA graphics processor.</source>
      <translation>auto 查找 NVIDIA 图形处理器；cpu 较小，到处可用；cuda 需要 NVIDIA 图形处理器。</translation>
    </message>
    <message>
      <source>Folder of wheel files</source>
      <translation>wheel 文件的文件夹</translation>
    </message>
    <message>
      <source>Install from the wheel files in this folder or zip file, without internet. The Python package index if left empty.</source>
      <translation>从此文件夹或 zip 文件中的 wheel 安装，无需互联网。留空则从 Python 软件包索引安装。</translation>
    </message>
    <message>
      <source>Install into</source>
      <translation>安装位置</translation>
    </message>
    <message>
      <source>Folder for the installation, on a larger disk for example. Where it is now, or your data folder, if left empty.</source>
      <translation>安装的文件夹，例如在更大的磁盘上。留空则为现在的位置或您的数据文件夹。</translation>
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
      <source>Reports which Python, libraries and device SuperSeg computes with.</source>
      <translation>报告 SuperSeg 用哪个 Python、哪些库和什么设备计算。</translation>
    </message>
    <message>
      <source>&lt;p&gt;Reports where the runtime of SuperSeg is, which versions of its libraries it has, on which device it computes, and how the last installation failed, if it did. &lt;b&gt;Copy the text into a bug report:&lt;/b&gt; your home folder, your name and credentials are struck out.&lt;/p&gt; &lt;p&gt;Where the runtime is missing, the report says what was looked for and how to get it.&lt;/p&gt;</source>
      <translation>&lt;p&gt;报告 SuperSeg 的运行环境在哪里、其各库的版本、用什么设备计算，以及上次安装若失败是怎样失败的。&lt;b&gt;请将文本复制到错误报告中：&lt;/b&gt;您的主文件夹、姓名和凭据已被去除。&lt;/p&gt; &lt;p&gt;缺少运行环境时，报告会说明查找了什么以及如何得到它。&lt;/p&gt;</translation>
    </message>
    <message>
      <source>Compare two dates</source>
      <translation>比较两个日期</translation>
    </message>
    <message>
      <source>Segment and polygonise with statistics</source>
      <translation>分割、矢量化并统计</translation>
    </message>
    <message>
      <source>Superpixels, train, classify, average colours</source>
      <translation>超像素、训练、分类、平均颜色</translation>
    </message>
    <message>
      <source>Train once, classify a folder of scenes</source>
      <translation>训练一次，分类整个文件夹的影像</translation>
    </message>
  </context>
</TS>
