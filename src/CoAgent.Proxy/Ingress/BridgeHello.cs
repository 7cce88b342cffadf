using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CoAgent.Proxy.Ingress;

/// <summary>The first line that a bridge sends on the daemon's socket: who its client is. MCP messages follow, one a line.</summary>
internal sealed record BridgeHello
{
    /// <summary>The version of this line; another one is refused with words.</summary>
    public const int CurrentVersion = 1;

    [JsonPropertyName("coagent")]
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The agent that the user named (<c>--agent</c>, <c>COAGENT_AGENT</c>).</summary>
    public string? Agent { get; init; }

    /// <summary>The agent by a key of its client's session.</summary>
    public string? ClientKey { get; init; }

    /// <summary>The agent by its client's process: all bridges of one process are one agent.</summary>
    public string? Process { get; init; }

    /// <summary>The rank asked for (<c>--rank</c>).</summary>
    public long? Rank { get; init; }

    /// <summary>The servers wanted; empty for all.</summary>
    public ImmutableArray<string> Servers { get; init; } = [];

    /// <summary>The one server that the bridge stands in front of (<c>coagent wrap</c>).</summary>
    public WrappedServer? Wrap { get; init; }

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, BridgeJson.Default.BridgeHello);

    /// <summary>Reads the line; null when it is none.</summary>
    public static BridgeHello? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonSerializer.Deserialize(utf8, BridgeJson.Default.BridgeHello);
        }
        catch (JsonException)
        {
            return null; // the caller answers what it expected
        }
    }
}

/// <summary>A server that a client's own configuration starts, wrapped.</summary>
/// <param name="Name">The name given to it.</param>
/// <param name="Command">The program.</param>
/// <param name="Args">Its arguments.</param>
/// <param name="WorkingDirectory">Where the client would have started it.</param>
/// <param name="Environment">The environment that the client would have given it.</param>
internal sealed record WrappedServer(
    string Name, string Command, ImmutableArray<string> Args, string WorkingDirectory,
    ImmutableSortedDictionary<string, string> Environment);

/// <summary>The daemon's answer to a hello.</summary>
/// <param name="Session">The session's name; null when refused.</param>
/// <param name="Refusal">Why the bridge is refused, with what to do; null when it is welcome.</param>
/// <param name="MessageBytesMax">The longest message that the daemon takes.</param>
internal sealed record BridgeWelcome(string? Session, string? Refusal, int MessageBytesMax)
{
    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, BridgeJson.Default.BridgeWelcome);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BridgeHello))]
[JsonSerializable(typeof(BridgeWelcome))]
internal sealed partial class BridgeJson : JsonSerializerContext;
