using System.Collections.Immutable;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Layers;
using CoAgent.Workspace.Commands;
using CoAgent.Workspace.Effects;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Tests.Workspace.Effects;

/// <summary>A workspace whose tools are called as the coordinator calls them, with a journal that is a dictionary.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class EffectsFixture : IContentSource, IDisposable
{
    private readonly Dictionary<ContentId, ReadOnlyMemory<byte>> _kept = [];
    private int _calls;

    public EffectsFixture()
        : this(WorkspaceLimits.Default)
    {
    }

    internal EffectsFixture(WorkspaceLimits limits)
    {
        Files = new WorkspaceFixture(limits);
        Effects = new WorkspaceEffects(Files.Tools, this, analyst: null);
    }

    /// <summary>With layers made in a given way; none where there are none.</summary>
    internal EffectsFixture(Func<string, LayerSupport>? overlays, bool isInMemory, WorkspaceLimits? limits, ICommandAnalyst? analyst = null, IToolProfiles? profiles = null)
        : this(limits ?? WorkspaceLimits.Default)
    {
        Layers = isInMemory ? Path.Combine("/dev/shm", Path.GetFileName(Path.GetDirectoryName(Files.RootPath)!)) : Files.RootPath + "-layers";
        Directory.CreateDirectory(Layers);
        var support = overlays?.Invoke(Layers);
        Effects = new WorkspaceEffects(Files.Tools, this, analyst, profiles ?? new NoProfiles(), () => Task.FromResult(support));
    }

    /// <summary>Where layers are made.</summary>
    internal string Layers { get; } = "";

    internal WorkspaceFixture Files { get; }

    internal WorkspaceEffects Effects { get; private set; }

    internal string Image => TreeImage.Of(Files.RootPath);

    internal string RootId => "file:" + Files.Tools.Root.Path;

    /// <summary>A write that was made.</summary>
    internal sealed record Made(NamedCall Call, Captured Captured, ToolResult Result);

    /// <summary>Everything that is only remembered is gone.</summary>
    internal void Restart() => Effects = new WorkspaceEffects(Files.Tools, this, analyst: null);

    internal NamedCall Name(string tool, object arguments) => new(
        new CallId(++_calls), AgentId.Create("a"), new ToolRequest("w", tool, JsonSerializer.SerializeToUtf8Bytes(arguments)));

    internal ToolDeclaration Declare(string tool, object arguments) =>
        Declare(tool, JsonSerializer.SerializeToElement(arguments));

    private ToolDeclaration Declare(string tool, JsonElement arguments) =>
        Effects.DeclareAsync(tool, arguments, mayTry: true, WorkspaceFixture.Bound()).AsTask().GetAwaiter().GetResult();

    internal async Task<Made> Make(string tool, object arguments, Captured? beneath = null) =>
        await Make(Name(tool, arguments), beneath);

    internal async Task<Made> Make(NamedCall call, Captured? beneath = null)
    {
        var effect = Declared(call) with { Beneath = beneath };
        var ready = Assert.IsType<Preparation.Ready>(await Effects.PrepareAsync(effect, WorkspaceFixture.Bound()));
        var answered = Assert.IsType<Execution.Answered>(await Effects.ExecuteAsync(effect, Keep(ready), WorkspaceFixture.Bound()));
        return new Made(call, new Captured(Journaled(ready.Before), answered.AfterUtf8), answered.Result);
    }

    internal async Task<Preparation> Prepare(NamedCall call, Touched? declared = null) =>
        await Effects.PrepareAsync(new WriteEffect(call, IsReplay: false, Beneath: null) { Declared = declared }, WorkspaceFixture.Bound());

    internal async Task<Inversion> Invert(Made made) =>
        await Effects.InvertAsync(made.Call, made.Captured, WorkspaceFixture.Bound());

    internal async Task<Finding> Probe(Made made) =>
        await Effects.ProbeAsync(made.Call, made.Captured with { AfterUtf8 = default }, WorkspaceFixture.Bound());

    internal async Task<Execution> Read(NamedCall call, IEnumerable<Made> hidden, Touched? declared = null) => await Effects.ReadAsync(
        new ReadEffect(call, [.. hidden.Select(static made => new HiddenWrite(made.Call, made.Captured))], IsReread: false) { Declared = declared },
        WorkspaceFixture.Bound());

    internal async Task<string> ReadText(string tool, object arguments, params Made[] hidden) =>
        Text(Assert.IsType<Execution.Answered>(await Read(Name(tool, arguments), hidden)).Result);

    internal static string Text(ToolResult result) =>
        (string)JsonNode.Parse(Encoding.UTF8.GetString(result.Utf8.Span))!["content"]![0]!["text"]!;

    /// <summary>The call as the coordinator makes it: with what was declared for it now.</summary>
    internal WriteEffect Declared(NamedCall call)
    {
        using var arguments = JsonDocument.Parse(call.Request.ArgumentsUtf8);
        return new WriteEffect(call, IsReplay: false, Beneath: null)
        {
            Declared = Declare(call.Request.Tool, arguments.RootElement).Call.Footprint,
        };
    }

    internal Preparation.Ready Keep(Preparation.Ready ready)
    {
        foreach (var content in ready.Before.Contents)
        {
            Assert.True(!content.Bytes.IsEmpty || _kept.ContainsKey(content.Id), "a content that is only named is there");
            if (!content.Bytes.IsEmpty)
            {
                _kept[content.Id] = content.Bytes;
            }
        }

        return ready;
    }

    /// <summary>A capture as it comes back from the journal: its contents are only named.</summary>
    internal static Capture Journaled(Capture capture) =>
        capture with { Contents = [.. capture.Contents.Select(static content => content with { Bytes = ReadOnlyMemory<byte>.Empty })] };

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_kept.TryGetValue(id, out var bytes) ? bytes : throw new KeyNotFoundException());

    public void Dispose()
    {
        Effects.Dispose();
        if (Layers.Length > 0)
        {
            LayerSupport.Remove(Layers);
        }

        Files.Dispose();
    }
}
