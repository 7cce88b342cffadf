using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary><c>kubectl</c>: objects of a cluster; what is changed there, manifests of the catalog capture and take back.</summary>
internal static class KubectlRules
{
    // Kinds whose objects can be deleted and made again: what goes with the others (data, runs, all of a namespace) is gone.
    private static readonly ImmutableArray<string> s_madeAgain =
    [
        "configmaps", "deployments", "services", "ingresses", "cronjobs", "daemonsets", "statefulsets", "horizontalpodautoscalers", "networkpolicies",
        "poddisruptionbudgets", "roles", "rolebindings", "clusterroles", "clusterrolebindings", "limitranges", "resourcequotas", "priorityclasses",
        "storageclasses", "ingressclasses",
    ];

    /// <summary>Says what it touches.</summary>
    internal static void Touch(RuledCommand command)
    {
        var what = command.Form.ByWhat.Split(' ');
        var place = KubernetesPlace.Of(command);
        command.Verdict.SayNeedsNetwork();
        if (!command.Operands.All(static operand => operand is FieldValue.Text))
        {
            command.Verdict.SayOpaque("kubectl acts on what is not known");
            return;
        }

        switch (what[0])
        {
            case "get":
                Get(command, place);
                break;
            case "get-all":
                command.Tree.Line.Read(place.Everything);
                break;
            case "change":
                Change(command, place, what[1]);
                break;
            case "delete" when command.Operands.Length > 0:
                Change(command, place, "delete");
                break;
            case "create" when command.Operands is [FieldValue.Text { Value: "configmap" or "cm" or "namespace" or "ns" or "deployment" or "deploy" or "serviceaccount" or "sa" } kind, FieldValue.Text name]:
                Effect(command, place, "create", kind.Value, name.Value, json => WriteOptions(json, command));
                break;
            case "apply" when command.Operands.IsEmpty:
                Apply(command, place);
                break;
            default:
                Lasting(command, place);
                break;
        }
    }

    private static void Get(RuledCommand command, KubernetesPlace place)
    {
        if (command.Has("-A") || Objects(command) is not { } objects)
        {
            command.Tree.Line.Read(place.Everything);
            return;
        }

        foreach (var (kind, name) in objects)
        {
            command.Tree.Line.Read(place.Object(kind, name));
        }
    }

    /// <summary>One object whose change a manifest takes back.</summary>
    private static void Change(RuledCommand command, KubernetesPlace place, string verb)
    {
        var count = verb is "delete" or "scale" or "patch" ? 0 : 1;
        if (Named(command, verb, count) is not var (kind, name, rest))
        {
            Lasting(command, place);
            return;
        }

        switch (verb)
        {
            case "scale" when command.Value("--replicas") is FieldValue.Text replicas && int.TryParse(replicas.Value, out var number):
                Effect(command, place, verb, kind, name, json => json.WriteNumber("replicas", number));
                break;
            case "set-image" or "label" or "annotate" when rest.Count > 0:
                Effect(command, place, verb, kind, name, json => Write(json, verb, rest));
                break;
            case "patch" when command.Value("-p") is FieldValue.Text patch:
                Effect(command, place, verb, kind, name, json => WritePatch(json, patch.Value, (command.Value("--type") as FieldValue.Text)?.Value));
                break;
            case "delete" when s_madeAgain.Contains(KubernetesNames.Resource(kind) ?? ""):
                Effect(command, place, verb, kind, name, static _ => { });
                break;
            default:
                Lasting(command, place);
                break;
        }
    }

    private static void Write(Utf8JsonWriter json, string verb, List<string> rest)
    {
        json.WriteStartArray(verb == "set-image" ? "images" : "changes");
        rest.ForEach(json.WriteStringValue);
        json.WriteEndArray();
    }

    private static void WriteOptions(Utf8JsonWriter json, RuledCommand command)
    {
        json.WriteStartArray("options");
        foreach (var option in command.Words.Options.Where(static option => option.Rule.Values is [Role.Text] && option.Rule.Name is not ("-n" or "--context")))
        {
            json.WriteStringValue($"{option.Rule.Name}={(option.Values[0] as FieldValue.Text)?.Value}");
        }

        json.WriteEndArray();
    }

    private static void WritePatch(Utf8JsonWriter json, string patch, string? type)
    {
        json.WriteString("patch", patch);
        json.WriteString("type", type ?? "strategic");
    }

    /// <summary>Objects of files: what is in them is known, and each is one that can be captured.</summary>
    private static void Apply(RuledCommand command, KubernetesPlace place)
    {
        foreach (var file in command.Words.Values("-f"))
        {
            var isInput = file is FieldValue.Text { Value: "-" };
            var text = isInput ? command.Input() : command.Content(file);
            if (file is not FieldValue.Text path || text is null || KubernetesObjects.In(text) is not { } objects)
            {
                Lasting(command, place);
                return;
            }

            foreach (var (kind, name, space) in objects)
            {
                Effect(command, space is null ? place : place with { Namespace = space }, "apply", kind, name, json => json.WriteString("manifest", text));
            }
        }
    }

    private static void Effect(RuledCommand command, KubernetesPlace place, string verb, string kind, string name, Action<Utf8JsonWriter> more)
    {
        var pattern = place.Object(kind, name);
        command.Tree.Line.Read(pattern);
        command.Tree.Line.Write(pattern);
        foreach (var made in verb is "label" or "annotate" ? [] : place.MadeFor(kind))
        {
            command.Tree.Line.Write(made);
        }

        if (verb is "create" or "delete" or "apply" && place.Listing(kind) is { } listing)
        {
            command.Tree.Line.Write(listing);
        }

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("namespace", place.Namespace ?? "default");
            if (command.Value("--context") is FieldValue.Text context)
            {
                json.WriteString("context", context.Value);
            }

            json.WriteString("kind", kind);
            json.WriteString("name", name);
            more(json);
            json.WriteEndObject();
        }

        // Whether it happens may show only when it runs: what restores the captured state is right in both cases.
        command.Verdict.SayEffect(new KnownEffect("kubectl/" + verb, buffer.ToArray()));
    }

    /// <summary>What <c>TYPE</c>, <c>TYPE NAME…</c> and <c>TYPE/NAME…</c> name; null where it is not known.</summary>
    private static List<(string Kind, string? Name)>? Objects(RuledCommand command)
    {
        var words = command.Operands.Select(static operand => ((FieldValue.Text)operand).Value).ToList();
        if (words.Count == 0)
        {
            return null;
        }

        if (words.Exists(static word => word.Contains('/', StringComparison.Ordinal)))
        {
            return words.TrueForAll(static word => word.Split('/').Length == 2)
                ? words.ConvertAll(static word => (word.Split('/')[0], (string?)word.Split('/')[1]))
                : null;
        }

        var kinds = words[0].Split(',');
        return words.Count == 1
            ? [.. kinds.Select(static kind => (kind, (string?)null))]
            : [.. kinds.SelectMany(kind => words.Skip(1).Select(name => (kind, (string?)name)))];
    }

    /// <summary>One object of a kind that every cluster has, and at least so many words behind it; null for anything else.</summary>
    private static (string Kind, string Name, List<string> Words)? Named(RuledCommand command, string verb, int restMin)
    {
        var words = command.Operands.Select(static operand => ((FieldValue.Text)operand).Value).ToList();
        var (kind, name, used) = words switch
        {
            [var first, ..] when first.Split('/') is [var one, var two] => (one, two, 1),
            [var first, var second, ..] => (first, second, 2),
            _ => ("", "", 0),
        };
        var rest = words.Skip(used).ToList();
        var isOne = used > 0 && name.Length > 0 && KubernetesNames.Resource(kind) is not null && rest.Count >= restMin && (restMin > 0 || rest.Count == 0);
        return isOne && (verb is not ("set-image" or "label" or "annotate")
                || rest.TrueForAll(static word => word.Contains('=', StringComparison.Ordinal) || word.EndsWith('-')))
            ? (kind, name, rest)
            : null;
    }

    /// <summary>Nothing takes it back, or what it does is not known.</summary>
    private static void Lasting(RuledCommand command, KubernetesPlace place)
    {
        command.Tree.Line.Read(place.Everything);
        command.Tree.Line.Write(place.Everything);
        command.Verdict.SayIrreversible("kubectl changes a cluster in a way that nothing takes back");
    }
}
