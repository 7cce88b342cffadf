using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Effects;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Pipeline;

/// <summary>Tells what a call reads and writes, and how it is undone and made again, before it is made.</summary>
/// <remarks>
/// The built-in servers know exactly, and so does the profile of a foreign one. A tool that nobody has declared is taken
/// by the policy <c>unknownTools</c> (protocol.md, section 2): wide, so that it is safe.
/// </remarks>
internal sealed class CallBinder(
    IBuiltinServers builtins, ServerBook servers, ShellTools shells, Func<ProxyConfiguration> configuration)
{
    /// <summary>How many tools are remembered that were called and that nobody has declared.</summary>
    public const int UnknownToolsMax = 1_000;

    private static readonly byte[] NoArguments = "{}"u8.ToArray();

    private readonly ConcurrentDictionary<(string Server, string Tool), UnknownTool> _unknown = new();

    /// <summary>Why a tool is unknown whose server nobody has described.</summary>
    public static Declaring.Unknown NoProfile { get; } = new("Nobody has described the tools of its server.");

    /// <summary>The tools that were called and that nobody has declared, by server and name, with what ends that.</summary>
    public ImmutableArray<CalledUnknown> UnknownTools =>
        [.. _unknown.OrderBy(static pair => pair.Key).Select(static pair => new CalledUnknown(pair.Key.Server, pair.Key.Tool, pair.Value))];

    /// <summary>Why a tool is unknown, and the command that ends it.</summary>
    public static UnknownTool UnknownOf(string server, string tool, Declaring.Unknown why) =>
        new(why.Reason, why.Command ?? $"coagent catalog draft {server} {tool}");

    /// <summary>The arguments of a call as JSON; <c>{}</c> when it gives none.</summary>
    public static ReadOnlyMemory<byte> ArgumentsOf(ToolCall call)
    {
        var request = call.Exchange.Request;
        return request.Members.Arguments.Exists ? request.Memory(request.Members.Arguments) : NoArguments;
    }

    /// <summary>What is known of a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="isOrdered">Whether it will be ordered; else nothing is tried to find out what it touches.</param>
    public async ValueTask<BoundCall> BindAsync(ToolCall call, bool isOrdered)
    {
        if (call.Link.Definition is ServerDefinition.Builtin builtin)
        {
            using var arguments = Parse(call);
            var declaration = await builtins.Get(builtin.Service, builtin.Root)
                .DeclareAsync(call.Tool, arguments.RootElement, mayTry: isOrdered, call.Exchange.Cancelled);
            return new BoundCall(declaration, Profile: null);
        }

        if (isOrdered && shells.Find(call.Link.Definition, new ToolRequest(call.Link.Name, call.Tool, ArgumentsOf(call))) is { } shell)
        {
            using var arguments = JsonDocument.Parse(shell.Request.ArgumentsUtf8);
            var declaration = await shell.Server.DeclareAsync(
                shell.Request.Tool, arguments.RootElement, mayTry: true, call.Exchange.Cancelled);
            return new BoundCall(declaration, Profile: null);
        }

        var described = await servers.ProfileOfAsync(call.Link.Definition, call.Link);
        return described is { } profile
            ? await DeclareAsync(call, profile)
            : Unknown(call, NoProfile);
    }

    private async ValueTask<BoundCall> DeclareAsync(ToolCall call, IToolProfile profile)
    {
        using var arguments = Parse(call);
        var declaring = profile.Declare(new ListedTool(call.Tool, call.Link.Tools.DefinitionOf(call.Tool)), arguments.RootElement);
        if (declaring is Declaring.Unknown { NeedsDefinition: true }
            && await call.Link.Definitions.OfAsync(call.Tool, call.Exchange.Cancelled) is { } definition)
        {
            declaring = profile.Declare(new ListedTool(call.Tool, definition), arguments.RootElement);
        }

        switch (declaring)
        {
            case Declaring.Known known:
                if (_unknown.ContainsKey((call.Link.Name, call.Tool)))
                {
                    _unknown.TryRemove((call.Link.Name, call.Tool), out _);
                }

                return new BoundCall(known.Declaration, profile);
            case Declaring.Unknown unknown:
                return Unknown(call, unknown);
            default:
                throw new InvalidOperationException("A tool is known or unknown.");
        }
    }

    private static JsonDocument Parse(ToolCall call) =>
        JsonDocument.Parse(ArgumentsOf(call), InputRequests.Deep);

    /// <summary>The tools whose calls are taken as unknown: those that were called, and those that are offered.</summary>
    /// <param name="links">The connections of all clients.</param>
    public async Task<ImmutableArray<(CalledUnknown Tool, bool IsCalled)>> AllUnknownAsync(IEnumerable<ServerLink> links)
    {
        var called = UnknownTools;
        var names = called.Select(static one => (one.Server, one.Tool)).ToHashSet();
        var offered = await OfferedTools.UnknownAsync(links, servers);
        return
        [
            .. called.Select(static one => (one, true)),
            .. offered.Where(one => !names.Contains((one.Server, one.Tool))).Select(static one => (one, false)),
        ];
    }

    private BoundCall Unknown(ToolCall call, Declaring.Unknown why)
    {
        var unknown = UnknownOf(call.Link.Name, call.Tool, why);
        if (_unknown.Count < UnknownToolsMax || _unknown.ContainsKey((call.Link.Name, call.Tool)))
        {
            _unknown[(call.Link.Name, call.Tool)] = unknown;
        }

        ImmutableArray<ObjectPattern> scope = [ScopeOf(call.Link.Name), .. why.Scope];
        var isReadOnly = call.Link.Tools.Of(call.Tool) is { IsReadOnlyHinted: true };
        var mode = configuration().Options.UnknownTools;
        var declaration = mode switch
        {
            UnknownToolMode.Isolate => Write([ObjectPattern.Everything]),
            UnknownToolMode.Hints or UnknownToolMode.Observe when isReadOnly => Read(scope),
            UnknownToolMode.Hints or UnknownToolMode.Observe => Write(scope),
            _ => throw new InvalidOperationException("An unknown tool is taken by hints, isolated or observed."),
        };
        return new BoundCall(declaration with { Unknown = unknown }, Profile: null) { IsWatched = mode == UnknownToolMode.Observe };
    }

    /// <summary>All that only the server knows of: <c>mcp:SERVER/**</c>.</summary>
    private static ObjectPattern ScopeOf(string server) => ObjectPattern.Parse($"mcp:{server}/**");

    private static ToolDeclaration Read(ImmutableArray<ObjectPattern> reads) =>
        new(new CallDeclaration(Footprint.Create(reads, [])) { View = ReadView.Live, CanReread = false });

    private static ToolDeclaration Write(ImmutableArray<ObjectPattern> scope) => new(new CallDeclaration(Footprint.Create(scope, scope))
    {
        IsIrreversible = true,
        IsReplaySafe = false,
        IsInverseIdempotent = false,
    });
}

/// <summary>A call of which it is known what it touches.</summary>
/// <param name="Declaration">What it touches.</param>
/// <param name="Profile">Who has said so, and captures and takes back what it does; null where its server does, or nobody.</param>
internal sealed record BoundCall(ToolDeclaration Declaration, IToolProfile? Profile)
{
    /// <summary>Whether the files are watched while it runs, because nobody has said what it touches.</summary>
    public bool IsWatched { get; init; }
}

/// <summary>A tool that was called, or is offered, and that is taken as unknown.</summary>
/// <param name="Server">Its server's name in the configuration.</param>
/// <param name="Tool">What the server calls it.</param>
/// <param name="Why">Why, and what ends it.</param>
internal sealed record CalledUnknown(string Server, string Tool, UnknownTool Why);
