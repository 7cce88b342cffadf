using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Catalog.Texts;

namespace CoAgent.Runtime.Catalog.Manifests;

/// <summary>The lines of a manifest by its members: one spelling for one meaning, what is the default left out.</summary>
internal static class ManifestLines
{
    private const string Indent = "  ";

    /// <summary>The members, in the order in which they are written; one that says nothing has no lines.</summary>
    public static ImmutableArray<(string Name, ImmutableArray<string> Lines)> Of(ToolManifest manifest) =>
    [
        ("tool", Text("tool", manifest.Tool)),
        ("description", Text("description", manifest.Description)),
        ("input", manifest.Input is { } input ? [$"input: {FlowText.Of(input)}"] : []),
        ("effect", [$"effect: {EffectOf(manifest.Effect)}"]),
        ("write", manifest.Write == WriteKind.Blind ? ["write: blind"] : []),
        ("replay", manifest.IsReplaySafe ? [] : ["replay: never"]),
        ("footprint", Block("footprint:", [.. Entries("reads", manifest.Reads), .. Entries("writes", manifest.Writes)])),
        ("prepare", Steps("prepare", manifest.Prepare)),
        ("exec", Steps("exec", manifest.Exec)),
        ("reverse", manifest.Reverse is { } reverse ? Reverse(reverse) : []),
        ("state", Text("state", manifest.State)),
        ("with", Block("with:", [.. manifest.With.Select(static member => $"{FlowText.Of(member.Key)}: {ValueOf(member.Value)}")])),
        ("reread", manifest.CanReread is { } reread ? [$"reread: {Flag(reread)}"] : []),
        ("normalize", manifest.Normalize.IsEmpty ? [] : [$"normalize: {FlowText.List(manifest.Normalize.Select(static path => FlowText.Of(path.Source)))}"]),
        ("cannot", Text("cannot", manifest.Cannot)),
        ("examples", Block("examples:", [.. manifest.Examples.SelectMany(static example => Item(Example(example)))])),
    ];

    private static ImmutableArray<string> Text(string name, string? text) => text is null ? [] : [$"{name}: {FlowText.Of(text)}"];

    private static ImmutableArray<string> Block(string head, ImmutableArray<string> lines) =>
        lines.IsEmpty ? [] : [head, .. lines.Select(static line => line.Length == 0 ? "" : Indent + line)];

    private static IEnumerable<string> Item(ImmutableArray<string> lines) =>
        lines.Select(static (line, at) => at == 0 ? $"- {line}" : line.Length == 0 ? "" : Indent + line);

    private static ImmutableArray<string> Entries(string name, ImmutableArray<FootprintEntry> entries) => Block(
        $"{name}:",
        [.. entries.Select(static entry => "- " + (entry.When is null
            ? FlowText.Of(entry.Id.Source)
            : FlowText.Map([("id", FlowText.Of(entry.Id.Source)), ("when", FlowText.Of(entry.When.Source))])))]);

    private static ImmutableArray<string> Reverse(ReverseManifest reverse)
    {
        ImmutableArray<string> lines =
        [
            .. reverse.IsIdempotent ? (string[])[] : ["idempotent: false"],
            .. Steps("guard", reverse.Guard),
            .. Steps("steps", reverse.Steps),
        ];
        return lines.IsEmpty ? ["reverse: {}"] : Block("reverse:", lines);
    }

    private static ImmutableArray<string> Steps(string name, ImmutableArray<Step> steps) =>
        Block($"{name}:", [.. steps.SelectMany(static step => Item(StepLines(step)))]);

    private static ImmutableArray<string> StepLines(Step step) =>
    [
        .. step switch
        {
            Step.Run run => [$"run: {TextsOf(run.Arguments)}", .. Named("environment", run.Environment), .. Text("input", run.Input?.Source)],
            Step.Script script => [.. ScriptLines(script.Text), .. Named("environment", script.Environment), .. Named("files", script.Files)],
            Step.Call call => (string[])[$"call: {CallOf(call)}"],
            _ => throw new InvalidOperationException("A step runs a program, a script or a tool."),
        },
        .. step.Save is { } save ? (string[])[$"save: {FlowText.Of(save)}"] : [],
        .. step.When is { } when ? (string[])[$"when: {FlowText.Of(when.Source)}"] : [],
        .. step.AllowsFailure ? (string[])["allow-failure: true"] : [],
    ];

    private static ImmutableArray<string> ScriptLines(string text) =>
        FlowText.BlockOf(text) is { } lines ? Block("script: |", [.. lines]) : [$"script: {FlowText.Of(text)}"];

    private static string CallOf(Step.Call call) => call.Arguments.Source == "{}"
        ? FlowText.Of(call.Tool)
        : FlowText.Map([("tool", FlowText.Of(call.Tool)), ("arguments", ValueOf(call.Arguments))]);

    private static ImmutableArray<string> Example(ManifestExample example) =>
    [
        $"name: {FlowText.Of(example.Name)}",
        .. example.Files.IsEmpty ? (string[])[] : [$"files: {FlowText.Map(example.Files.Select(static file => (file.Key, FlowText.Of(file.Value))))}"],
        .. Steps("setup", example.Setup),
        $"arguments: {FlowText.Of(example.Arguments)}",
        .. Steps("outside", example.Outside),
    ];

    private static ImmutableArray<string> Named(string name, ImmutableSortedDictionary<string, TextTemplate> texts) => texts.IsEmpty
        ? []
        : [$"{name}: {FlowText.Map(texts.Select(static text => (text.Key, FlowText.Of(text.Value.Source))))}"];

    private static string TextsOf(ImmutableArray<TextTemplate> texts) => FlowText.List(texts.Select(static text => FlowText.Of(text.Source)));

    private static string ValueOf(ValueTemplate value)
    {
        using var json = JsonDocument.Parse(value.Source);
        return FlowText.Of(json.RootElement);
    }

    private static string Flag(bool value) => value ? "true" : "false";

    private static string EffectOf(ToolEffect effect) => effect switch
    {
        ToolEffect.Read => "read",
        ToolEffect.LiveRead => "live-read",
        ToolEffect.Write => "write",
        ToolEffect.Irreversible => "irreversible",
        _ => throw new ArgumentOutOfRangeException(nameof(effect)),
    };
}
