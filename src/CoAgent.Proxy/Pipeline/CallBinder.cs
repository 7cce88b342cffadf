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
internal sealed class CallBinder(IBuiltinServers builtins, ServerBook servers, Func<ProxyConfiguration> configuration)
{
    /// <summary>How many tools are remembered that were called and that nobody has declared.</summary>
    public const int UnknownToolsMax = 1_000;

    private static readonly byte[] NoArguments = "{}"u8.ToArray();

    private readonly ConcurrentDictionary<(string Server, string Tool), bool> _unknown = new();

    /// <summary>The tools that were called and that nobody has declared, by server and name.</summary>
    public ImmutableArray<(string Server, string Tool)> UnknownTools => [.. _unknown.Keys.Order()];

    /// <summary>The arguments of a call as JSON; <c>{}</c> when it gives none.</summary>
    public static ReadOnlyMemory<byte> ArgumentsOf(ToolCall call)
    {
        var request = call.Exchange.Request;
        return request.Members.Arguments.Exists ? request.Memory(request.Members.Arguments) : NoArguments;
    }

    /// <summary>What is known of a call.</summary>
    public async ValueTask<ToolDeclaration> BindAsync(ToolCall call)
    {
        if (call.Link.Definition is ServerDefinition.Builtin builtin)
        {
            using var arguments = Parse(call);
            return builtins.Get(builtin.Service, builtin.Root).Declare(call.Tool, arguments.RootElement);
        }

        if (await servers.ProfileOfAsync(call.Link.Definition, call.Link) is { } profile)
        {
            using var arguments = Parse(call);
            return profile.Declare(call.Tool, arguments.RootElement) ?? Unknown(call);
        }

        return Unknown(call);
    }

    private static JsonDocument Parse(ToolCall call) =>
        JsonDocument.Parse(ArgumentsOf(call), InputRequests.Deep);

    private ToolDeclaration Unknown(ToolCall call)
    {
        if (_unknown.Count < UnknownToolsMax)
        {
            _unknown[(call.Link.Name, call.Tool)] = true;
        }

        var scope = ScopeOf(call.Link.Name);
        var isReadOnly = call.Link.Tools.Of(call.Tool) is { IsReadOnlyHinted: true };
        return configuration().Options.UnknownTools switch
        {
            UnknownToolMode.Isolate => Write(ObjectPattern.Everything),
            UnknownToolMode.Observe => Read([]) with { IsKnown = false },
            UnknownToolMode.Hints when isReadOnly => Read([scope]),
            UnknownToolMode.Hints => Write(scope),
            _ => throw new InvalidOperationException("An unknown tool is taken by hints, isolated or observed."),
        };
    }

    /// <summary>All that a server may know of: <c>mcp:SERVER/**</c>.</summary>
    private static ObjectPattern ScopeOf(string server) => ObjectPattern.Parse($"mcp:{server}/**");

    private static ToolDeclaration Read(ObjectPattern[] reads) =>
        new(new CallDeclaration(Footprint.Create(reads, [])) { View = ReadView.Live, CanReread = false }) { IsKnown = false };

    private static ToolDeclaration Write(ObjectPattern scope) => new(new CallDeclaration(Footprint.Create([scope], [scope]))
    {
        IsIrreversible = true,
        IsReplaySafe = false,
        IsInverseIdempotent = false,
    })
    {
        IsKnown = false,
    };
}
