using System.Text.Json;
using CoAgent.Runtime.Catalog.Binding;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Support;
using CoAgent.ToolSmith.Rules;
using CoAgent.Workspace.Foreign;

namespace CoAgent.Tests.ToolSmith.Rules;

/// <summary>What a rule says of a line of kubectl, the manifest that takes it back says too.</summary>
public sealed class KubectlManifestTests
{
    private static readonly CatalogSnapshot s_shipped = ToolCatalog.Read(new CatalogFolders(Shipped: null, Path.Combine(Repository.Root, CatalogFolders.Name)));

    [Theory]
    [InlineData("kubectl -n prod set image deployment/geo geo=geo:2")]
    [InlineData("kubectl -n prod scale deploy geo --replicas=3")]
    [InlineData("kubectl patch svc geo -p '{}' --type=merge")]
    [InlineData("kubectl label node n1 a=b c-")]
    [InlineData("kubectl annotate deployment geo a=b --overwrite")]
    [InlineData("kubectl delete cm flags")]
    [InlineData("kubectl create namespace shop")]
    [InlineData("kubectl create configmap flags --from-literal=a=b --from-literal=c=d")]
    [InlineData("kubectl apply -f - <<< '{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\",\"namespace\":\"other\"}}'")]
    public void A_manifest_writes_what_the_rule_says(string line)
    {
        var known = Assert.IsType<CommandAnalysis.Known>(new CommandAnalyst().Analyse(AnalysisText.Line(line), AnalysisText.Tree));
        var effect = Assert.Single(known.Effects);
        var tool = s_shipped.Tools.Single(tool => $"{tool.Name}" == effect.Manifest);

        var bound = Assert.IsType<BindResult.Bound>(
            new FootprintBinder(tool.Manifest).Bind(new TemplateValues(JsonElement.Parse(effect.ArgumentsUtf8.Span), new FilePaths(), ["/srv"])));

        Assert.Equal(known.Touched.Writes.Select(static one => one.ToString()), bound.Footprint.Writes.Select(static one => one.ToString()));
    }
}
