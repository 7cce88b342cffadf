using System.Text.Json;

namespace CoAgent.Proxy.Wire;

/// <summary>Where the members of a message's <c>_meta</c> stand that a relay routes or identifies by.</summary>
internal struct MetaMembers
{
    public const string ProtocolVersionKey = "io.modelcontextprotocol/protocolVersion";
    public const string ClientInfoKey = "io.modelcontextprotocol/clientInfo";
    public const string ClientCapabilitiesKey = "io.modelcontextprotocol/clientCapabilities";
    public const string SubscriptionIdKey = "io.modelcontextprotocol/subscriptionId";
    public const string LogLevelKey = "io.modelcontextprotocol/logLevel";
    public const string OwnPrefix = "coagent/";

    public Slice ProgressToken;
    public Slice ProtocolVersion;
    public Slice ClientInfo;
    public Slice ClientCapabilities;
    public Slice SubscriptionId;
    public Slice Agent;
    public Slice VsCodeConversation;
    public Slice Thread;

    /// <summary>True when a member stands under our own prefix.</summary>
    public bool HasOwn;

    /// <summary>Reads the <c>_meta</c> of a message's body; all absent when there is none.</summary>
    public static MetaMembers Of(JsonRpcFrame frame)
    {
        var members = default(MetaMembers);
        var meta = frame.Members.Meta;
        if (!meta.Exists || frame.Utf8.Span[meta.Start] != (byte)'{')
        {
            return members;
        }

        var reader = new Utf8JsonReader(frame.Span(meta), new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            members.Take(ref reader, meta.Start);
        }

        return members;
    }

    private void Take(ref Utf8JsonReader reader, int offset)
    {
        var isToken = reader.ValueTextEquals("progressToken"u8);
        var isVersion = reader.ValueTextEquals(ProtocolVersionKey);
        var isInfo = reader.ValueTextEquals(ClientInfoKey);
        var isCapabilities = reader.ValueTextEquals(ClientCapabilitiesKey);
        var isSubscription = reader.ValueTextEquals(SubscriptionIdKey);
        var isAgent = reader.ValueTextEquals("coagent/agent"u8);
        var isConversation = reader.ValueTextEquals("vscode.conversationId"u8);
        var isThread = reader.ValueTextEquals("threadId"u8);
        HasOwn |= reader.ValueSpan.StartsWith("coagent/"u8) || (reader.ValueIsEscaped && IsOwn(ref reader));
        var value = JsonRpcFrame.TakeValue(ref reader);
        var at = value with { Start = value.Start + offset };
        ProgressToken = isToken ? at : ProgressToken;
        ProtocolVersion = isVersion ? at : ProtocolVersion;
        ClientInfo = isInfo ? at : ClientInfo;
        ClientCapabilities = isCapabilities ? at : ClientCapabilities;
        SubscriptionId = isSubscription ? at : SubscriptionId;
        Agent = isAgent ? at : Agent;
        VsCodeConversation = isConversation ? at : VsCodeConversation;
        Thread = isThread ? at : Thread;
    }

    internal static bool IsOwn(ref Utf8JsonReader reader) =>
        reader.GetString()!.StartsWith(OwnPrefix, StringComparison.Ordinal);
}
