using System.Text.Json;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Downstream;

/// <summary>The members of a handshake, of a client's request or a server's answer.</summary>
/// <param name="ProtocolVersion">The version asked for or settled; empty when none is told.</param>
/// <param name="Capabilities">What the sender can do, as JSON.</param>
/// <param name="Info">The name and version that the sender gives itself, as JSON.</param>
/// <param name="Instructions">What a server tells a model about itself, as JSON.</param>
internal sealed record InitializeMembers(
    string ProtocolVersion, ReadOnlyMemory<byte> Capabilities, ReadOnlyMemory<byte> Info, ReadOnlyMemory<byte> Instructions)
{
    private static readonly byte[] EmptyObject = "{}"u8.ToArray();

    public static InitializeMembers Of(JsonRpcFrame frame)
    {
        var members = new InitializeMembers("", EmptyObject, EmptyObject, default);
        if (!frame.BodyIsObject)
        {
            return members;
        }

        var reader = new Utf8JsonReader(frame.Span(frame.Body), new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ReadText();
            var value = JsonRpcFrame.TakeValue(ref reader);
            var json = frame.Memory(value with { Start = value.Start + frame.Body.Start });
            members = name switch
            {
                "protocolVersion" when reader.TokenType == JsonTokenType.String =>
                    members with { ProtocolVersion = reader.ReadText() ?? "" },
                "capabilities" => members with { Capabilities = json },
                "clientInfo" or "serverInfo" => members with { Info = json },
                "instructions" => members with { Instructions = json },
                _ => members,
            };
        }

        return members;
    }
}
