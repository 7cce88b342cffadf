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

    private static readonly byte[] OwnPrefixUtf8 = "coagent/"u8.ToArray();

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
        var isToken = reader.IsText("progressToken"u8);
        var isVersion = reader.IsText("io.modelcontextprotocol/protocolVersion"u8);
        var isInfo = reader.IsText("io.modelcontextprotocol/clientInfo"u8);
        var isCapabilities = reader.IsText("io.modelcontextprotocol/clientCapabilities"u8);
        var isSubscription = reader.IsText("io.modelcontextprotocol/subscriptionId"u8);
        var isAgent = reader.IsText("coagent/agent"u8);
        var isConversation = reader.IsText("vscode.conversationId"u8);
        var isThread = reader.IsText("threadId"u8);
        HasOwn |= IsOwn(in reader);
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

    internal static bool IsOwn(in Utf8JsonReader reader) => reader.ValueIsEscaped
        ? reader.ReadText()?.StartsWith(OwnPrefix, StringComparison.Ordinal) is true
        : reader.ValueSpan.StartsWith(OwnPrefixUtf8);
}
