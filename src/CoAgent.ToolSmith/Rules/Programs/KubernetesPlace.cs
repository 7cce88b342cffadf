using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Catalog.Faults;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Catalog.Texts;
using CoAgent.ToolSmith.Rules.Words;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>The cluster and namespace that a command of kubectl is about.</summary>
/// <remarks>Ids are those of the catalog's profiles: <c>k8s:{context}/{namespace}/{resource}/{name}</c>, without a namespace where there is none.</remarks>
/// <param name="Context">The context; null: any.</param>
/// <param name="Namespace">The namespace; null: any.</param>
internal sealed record KubernetesPlace(string? Context, string? Namespace)
{
    private static readonly ImmutableArray<string> s_made = ["pods", "replicasets", "endpoints", "endpointslices"];

    private const int SettingsMax = 1024 * 1024;
    private const string Default = "default";

    // What the catalog's profiles say where nobody tells which one it is.
    private const string Current = "current";

    /// <summary>All of the cluster.</summary>
    internal ObjectPattern Everything => Context is null ? Subtree("k8s:") : Subtree($"k8s:{SegmentText.Of(Context)}");

    /// <summary>Where a command acts, by its options and the user's settings.</summary>
    internal static KubernetesPlace Of(RuledCommand command)
    {
        var (context, space) = (command.Value("--context"), command.Value("-n"));
        var settings = Settings(command);
        return new KubernetesPlace(
            context is null ? settings.Context : (context as FieldValue.Text)?.Value,
            space is null ? (context is null ? settings.Namespace : Default) : (space as FieldValue.Text)?.Value);
    }

    /// <summary>One object, or all of a kind without a name; all of the cluster for a kind that not every cluster has.</summary>
    internal ObjectPattern Object(string kind, string? name)
    {
        if (Context is null || KubernetesNames.Resource(kind) is not { } resource || resource == "events")
        {
            return Everything;
        }

        var top = $"k8s:{SegmentText.Of(Context)}";
        if (KubernetesNames.Namespaced(kind) is not null)
        {
            if (Namespace is null)
            {
                return Everything;
            }

            top = $"{top}/{SegmentText.Of(Namespace)}";
        }

        return Subtree(name is null ? $"{top}/{resource}" : $"{top}/{resource}/{SegmentText.Of(name)}");
    }

    /// <summary>Which objects of a kind there are; null for a kind that not every cluster has.</summary>
    internal ObjectPattern? Listing(string kind) =>
        Object(kind, name: null) is { Id: { } id } && !Everything.Id!.Equals(id) ? ObjectPattern.Children(id) : null;

    /// <summary>What controllers make, change and remove for an object of a kind.</summary>
    internal IEnumerable<ObjectPattern> MadeFor(string kind) =>
        KubernetesNames.Resource(kind) is "configmaps" ? [] : s_made.Select(made => Object(made, name: null));

    private static ObjectPattern Subtree(string id) => ObjectPattern.Subtree(ObjectId.Create(id));

    /// <summary>The current context of the user's settings, with its namespace, as far as the first file tells.</summary>
    private static (string Context, string Namespace) Settings(RuledCommand command)
    {
        var environment = command.Line.Environment;
        var path = environment.GetValueOrDefault("KUBECONFIG", "").Split(':')[0];
        path = path.Length > 0 ? path : environment.GetValueOrDefault("HOME", "") + "/.kube/config";
        try
        {
            var file = new FileInfo(path);
            return file.Exists && file.Length <= SettingsMax ? Read(File.ReadAllText(path)) : (Current, Default);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return (Current, Default);
        }
    }

    private static (string Context, string Namespace) Read(string text)
    {
        var top = ManifestText.Parse(text, new ManifestFindings("kubeconfig"));
        var current = TextOf(top, "current-context") ?? Current;
        var contexts = top?.Members.FirstOrDefault(static member => member.Name == "contexts")?.Value as ManifestNode.List;
        var named = contexts?.Items.OfType<ManifestNode.Map>().FirstOrDefault(one => TextOf(one, "name") == current);
        return (current, TextOf(named?.Members.FirstOrDefault(static member => member.Name == "context")?.Value as ManifestNode.Map, "namespace") ?? Default);
    }

    internal static string? TextOf(ManifestNode.Map? map, string name) =>
        (map?.Members.FirstOrDefault(member => member.Name == name)?.Value as ManifestNode.Scalar)?.Text is { Length: > 0 } text ? text : null;
}
