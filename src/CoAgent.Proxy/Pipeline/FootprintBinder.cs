using System.Text.Json;
using CoAgent.Proxy.Configuration;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Pipeline;

/// <summary>Tells what a call reads and writes before it is made.</summary>
/// <remarks>
/// The built-in servers know exactly. A tool that nobody has declared is taken by the policy <c>unknownTools</c>
/// (protocol.md, section 2): wide, so that it is safe.
/// </remarks>
internal sealed class FootprintBinder(IBuiltinServers builtins, Func<ProxyConfiguration> configuration)
{
    private const string Everything = "**";
    private static readonly byte[] NoArguments = "{}"u8.ToArray();

    public ToolFootprint Bind(ToolCall call)
    {
        if (call.Link.Definition is ServerDefinition.Builtin builtin)
        {
            var request = call.Exchange.Request;
            var arguments = request.Members.Arguments.Exists ? request.Memory(request.Members.Arguments) : NoArguments;
            using var document = JsonDocument.Parse(arguments, new JsonDocumentOptions { MaxDepth = 1_000 });
            return builtins.Get(builtin.Service, builtin.Root).Bind(call.Tool, document.RootElement);
        }

        return Unknown(call);
    }

    private ToolFootprint Unknown(ToolCall call)
    {
        var scope = $"mcp:{call.Link.Name}/**";
        var isReadOnly = call.Link.Tools.Of(call.Tool) is { IsReadOnlyHinted: true };
        return configuration().Options.UnknownTools switch
        {
            UnknownToolMode.Isolate => new ToolFootprint([Everything], [Everything], IsReversible: false),
            UnknownToolMode.Observe => new ToolFootprint([], [], IsReversible: false),
            UnknownToolMode.Hints when isReadOnly => new ToolFootprint([scope], [], IsReversible: true),
            UnknownToolMode.Hints => new ToolFootprint([scope], [scope], IsReversible: false),
            _ => throw new InvalidOperationException("An unknown tool is taken by hints, isolated or observed."),
        };
    }
}
