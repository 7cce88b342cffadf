using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Effects;

/// <summary>A world of named texts: <c>get {key}</c>, <c>put {key, value}</c>, <c>send {value}</c>, which cannot be taken back.</summary>
internal sealed class KeyWorld : IToolWorld
{
    public ConcurrentDictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Sent { get; } = new();

    /// <summary>What an execution comes to instead of what the tool does; null to let the tool do it.</summary>
    public Func<NamedCall, Execution?> Instead { get; set; } = static _ => null;

    /// <summary>What is answered beside the text; empty for nothing.</summary>
    public string MoreMembers { get; set; } = "";

    public static ToolDeclaration Declare(string tool, JsonElement arguments) => tool switch
    {
        "get" => new(new CallDeclaration(Footprint.Create([Of(arguments)], []))),
        "put" => new(new CallDeclaration(Footprint.Create([], [Of(arguments)]))),
        _ => new(new CallDeclaration(Footprint.Create([ObjectPattern.Parse("kv:sent")], [ObjectPattern.Parse("kv:sent")]))
        {
            IsIrreversible = true,
            IsReplaySafe = false,
            IsInverseIdempotent = false,
        }),
    };

    public ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken)
    {
        var before = effect.Beneath?.Before
            ?? (KeyOf(effect.Call) is { } key && Texts.TryGetValue(key, out var text) ? new Capture(Encoding.UTF8.GetBytes(text), []) : Capture.Empty);
        return ValueTask.FromResult<Preparation>(new Preparation.Ready(before));
    }

    public ValueTask<Execution> ExecuteAsync(WriteEffect effect, Preparation.Ready prepared, CancellationToken cancellationToken)
    {
        if (Instead(effect.Call) is { } other)
        {
            return ValueTask.FromResult(other);
        }

        var value = TextOf(effect.Call, "value")!;
        if (KeyOf(effect.Call) is { } key)
        {
            Texts[key] = value;
        }
        else
        {
            Sent.Enqueue(value);
        }

        return ValueTask.FromResult<Execution>(Answer("done"));
    }

    public ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken)
    {
        var before = Encoding.UTF8.GetString(captured.Before.ManifestUtf8.Span);
        _ = before.Length > 0 ? Texts[KeyOf(call)!] = before : Texts.TryRemove(KeyOf(call)!, out var gone) ? gone : "";
        return ValueTask.FromResult<Inversion>(new Inversion.Done());
    }

    public ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Finding.Unclear);

    public ValueTask<Execution> ReadAsync(ReadEffect effect, CancellationToken cancellationToken)
    {
        var key = KeyOf(effect.Call)!;
        var hidden = effect.Hidden.FirstOrDefault(write => KeyOf(write.Call) == key);
        var text = hidden is null ? Texts.GetValueOrDefault(key, "") : Encoding.UTF8.GetString(hidden.Captured.Before.ManifestUtf8.Span);
        return ValueTask.FromResult((effect.IsReread ? null : Instead(effect.Call)) ?? Answer(text));
    }

    private Execution.Answered Answer(string text) => new(new ToolResult(
        ToolResultKind.Answer,
        Encoding.UTF8.GetBytes($$"""{"content":[{"type":"text","text":{{JsonSerializer.Serialize(text)}}}]{{MoreMembers}}}""")));

    private static ObjectPattern Of(JsonElement arguments) => ObjectPattern.Parse($"kv:{arguments.GetProperty("key").GetString()}");

    private static string? KeyOf(NamedCall call) => TextOf(call, "key");

    private static string? TextOf(NamedCall call, string member)
    {
        using var arguments = JsonDocument.Parse(call.Request.ArgumentsUtf8);
        return arguments.RootElement.TryGetProperty(member, out var value) ? value.GetString() : null;
    }
}
