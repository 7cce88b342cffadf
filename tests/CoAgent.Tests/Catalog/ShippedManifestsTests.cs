using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Cli.Catalog;
using CoAgent.Runtime.Catalog.Binding;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Tests.Support;
using CoAgent.Workspace.Foreign;

namespace CoAgent.Tests.Catalog;

/// <summary>The catalog that ships: every file reads, every tool is described, and what is described can be bound.</summary>
public sealed class ShippedManifestsTests
{
    private static readonly CatalogSnapshot Shipped = ToolCatalog.Read(new CatalogFolders(Shipped: null, Path.Combine(Repository.Root, CatalogFolders.Name)));

    /// <summary>The profiles, and how many tools their servers list.</summary>
    public static TheoryData<string, int> Profiles => new()
    {
        { "server-filesystem", 14 },
        { "server-memory", 9 },
        { "git-mcp-server", 28 },
        { "kubernetes-mcp-server", 20 },
        { "mcp-server-kubernetes", 23 },
        { "mcp-sqlite", 8 },
        { "server-github", 26 },
        { "playwright-mcp", 25 },
        { "server-everything", 14 },
        { "server-postgres", 1 },
        { "server-sequential-thinking", 1 },
    };

    /// <summary>What known command lines do (docs/commands.md): no server lists these.</summary>
    private const string Commands = "kubectl";

    private static IEnumerable<(CatalogedTool Tool, ManifestExample Example)> Examples =>
        Shipped.Tools.SelectMany(tool => tool.Manifest.Examples.Select(example => (tool, example)));

    [Fact]
    public void Every_file_reads_without_a_fault() => Assert.Empty(Shipped.Faults);

    [Fact]
    public void Every_profile_is_known_here() =>
        Assert.Equal(Profiles.Select(row => (string)row[0]).Append(Commands).Order(StringComparer.Ordinal), Shipped.Profiles.Keys);

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Every_tool_of_the_server_has_a_manifest_and_a_definition_that_it_was_made_for(string profile, int toolCount)
    {
        var tools = Shipped.Profiles[profile].Tools;

        Assert.Equal(toolCount, tools.Count);
        Assert.Empty(tools.Values.Where(static tool => tool.Trust == TrustLevel.Draft || tool.Entries[0].Definitions.IsEmpty).Select(static tool => tool.Name));
    }

    /// <summary>Written anew by <c>coagent catalog table</c>.</summary>
    [Theory]
    [MemberData(nameof(Profiles))]
    public void The_table_of_a_readme_is_that_of_the_manifests(string profile, int toolCount)
    {
        var file = Path.Combine(Repository.Root, CatalogFolders.Name, profile, ProfileTable.FileName);
        var readme = File.ReadAllText(file);

        Assert.Equal(ProfileTable.Into(readme, Shipped.Profiles[profile]), readme);
        Assert.Equal(toolCount, ProfileTable.RowsOf(Shipped.Profiles[profile]).Length);
    }

    [Fact]
    public void What_cannot_be_taken_back_says_so() => Assert.Empty(
        Shipped.Tools.Where(static tool => tool.Manifest is { Effect: ToolEffect.Irreversible, Cannot: null }).Select(static tool => tool.Name));

    [Fact]
    public void What_is_called_a_write_can_be_taken_back() => Assert.Empty(
        Shipped.Tools
            .Where(static tool => tool.Manifest is { Effect: ToolEffect.Write, State: null } and not { Reverse.Steps.IsEmpty: false, Prepare.IsEmpty: false })
            .Select(static tool => tool.Name));

    [Fact]
    public void Every_tool_has_an_example() =>
        Assert.Empty(Shipped.Tools.Where(static tool => tool.Manifest.Examples.IsEmpty).Select(static tool => tool.Name));

    /// <summary>Also of those whose servers do not run here.</summary>
    [Fact]
    public void Every_example_is_bound() => Assert.Empty(Examples
        .Where(static one => one.Tool.Manifest.State != "sqlite")
        .Select(static one => (one.Tool.Name, Result: Bind(one.Tool, one.Example.Arguments)))
        .Where(static one => one.Result is not BindResult.Bound)
        .Select(static one => $"{one.Name}: {one.Result}"));

    [Theory]
    [InlineData("mcp-server-kubernetes/kubectl_get", """{"resourceType":"deploy","name":"geo","namespace":"shop"}""", "k8s:current/shop/deployments/geo/**", "")]
    [InlineData("mcp-server-kubernetes/kubectl_get", """{"resourceType":"Deployment","name":"geo"}""", "k8s:current/default/deployments/geo/**", "")]
    [InlineData("mcp-server-kubernetes/kubectl_get", """{"resourceType":"deployments.apps","namespace":"shop"}""", "k8s:current/shop/deployments/**", "")]
    [InlineData("mcp-server-kubernetes/kubectl_get", """{"resourceType":"no","name":"n1"}""", "k8s:current/nodes/n1/**", "")]
    [InlineData("mcp-server-kubernetes/kubectl_get", """{"resourceType":"ksvc","name":"x"}""", "k8s:current/**", "")]
    [InlineData("mcp-server-kubernetes/kubectl_scale", """{"name":"geo","replicas":0,"context":"prod"}""", "", "k8s:prod/default/deployments/geo/** k8s:prod/default/endpoints/** k8s:prod/default/endpointslices/** k8s:prod/default/pods/** k8s:prod/default/replicasets/**")]
    [InlineData("mcp-server-kubernetes/node_management", """{"operation":"cordon","nodeName":"n","dryRun":true}""", "k8s:current/**", "k8s:current/**")] // it is not dry
    [InlineData("mcp-server-kubernetes/node_management", """{"operation":"drain","nodeName":"n","dryRun":true}""", "k8s:current/**", "")]
    [InlineData("mcp-server-kubernetes/kubectl_patch", """{"resourceType":"node","name":"n","patchData":{}}""", "k8s:current/**", "k8s:current/**")]
    [InlineData("mcp-server-kubernetes/uninstall_helm_chart", """{"name":"web","namespace":"shop","context":"prod"}""", "k8s:**", "k8s:**")] // helm is given no context
    [InlineData("mcp-server-kubernetes/kubectl_apply", """{"filename":"/a.yaml","dryRun":true}""", "file:/a.yaml k8s:current/**", "")]
    [InlineData("mcp-server-kubernetes/kubectl_context", """{"operation":"list"}""", "mcp:kubernetes/context", "")]
    [InlineData("kubernetes-mcp-server/resources_scale", """{"apiVersion":"apps/v1","kind":"Deployment","name":"geo","namespace":"shop"}""", "k8s:current/shop/deployments/geo/**", "")]
    [InlineData("kubernetes-mcp-server/resources_scale", """{"apiVersion":"apps/v1","kind":"Deployment","name":"geo","namespace":"shop","scale":0}""", "k8s:current/**", "k8s:current/**")]
    [InlineData("kubernetes-mcp-server/pods_get", """{"name":"p1"}""", "k8s:current/**", "")]
    [InlineData("git-mcp-server/git_stash", """{"mode":"list"}""", "file:/** mcp:git/working-directory", "")]
    [InlineData("git-mcp-server/git_stash", "{}", "file:/** mcp:git/working-directory", "file:/**")]
    [InlineData("git-mcp-server/git_branch", "{}", "file:/** mcp:git/working-directory", "")]
    [InlineData("git-mcp-server/git_clean", """{"force":true,"dryRun":true}""", "file:/** mcp:git/working-directory", "")]
    [InlineData("server-github/update_issue", """{"owner":"Octo","repo":"Demo","issue_number":7}""", "github:octo/demo/issues/7", "github:octo/demo/issues/7")]
    [InlineData("server-memory/open_nodes", """{"names":["C/*","a%b"]}""", "mcp:memory/entities/C%2F%2A mcp:memory/entities/a%25b mcp:memory/relations/**", "")]
    [InlineData("server-memory/delete_entities", """{"entityNames":["Ada"]}""", "", "mcp:memory/entities/Ada mcp:memory/entities/* mcp:memory/relations/** mcp:memory/graph")]
    [InlineData("playwright-mcp/browser_snapshot", "{}", "mcp:playwright/**", "")]
    [InlineData("playwright-mcp/browser_snapshot", """{"filename":"a.md"}""", "file:/** mcp:playwright/**", "file:/**")]
    public void A_call_touches_what_it_should(string name, string arguments, string reads, string writes)
    {
        var tool = Shipped.Tools.Single(tool => $"{tool.Name.Profile}/{tool.Name.Tool}" == name);

        var footprint = Assert.IsType<BindResult.Bound>(Bind(tool, JsonElement.Parse(arguments))).Footprint;

        Assert.Equal(Words(writes), footprint.Writes.Select(one => one.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(
            Words(reads),
            footprint.Reads.Select(one => one.ToString()).Where(read => reads.Length > 0 || !footprint.Writes.Any(one => one.ToString() == read)).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Words(string patterns) =>
        patterns.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal);

    private static BindResult Bind(CatalogedTool tool, JsonElement arguments) => new FootprintBinder(tool.Manifest).Bind(
        new TemplateValues(arguments, new FilePaths(), ["/srv"])
        {
            Profile = ImmutableDictionary.CreateRange(
                new Dictionary<string, JsonElement> { ["root"] = JsonSerializer.SerializeToElement("/srv") }),
        });
}
