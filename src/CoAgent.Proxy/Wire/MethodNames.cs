using System.Text;
using System.Text.Json;

namespace CoAgent.Proxy.Wire;

/// <summary>The methods that the relay knows by name, so that reading one does not make a string.</summary>
internal static class MethodNames
{
    public const string Initialize = "initialize";
    public const string Discover = "server/discover";
    public const string Ping = "ping";
    public const string ToolsList = "tools/list";
    public const string ToolsCall = "tools/call";
    public const string PromptsList = "prompts/list";
    public const string PromptsGet = "prompts/get";
    public const string ResourcesList = "resources/list";
    public const string ResourceTemplatesList = "resources/templates/list";
    public const string ResourcesRead = "resources/read";
    public const string ResourcesSubscribe = "resources/subscribe";
    public const string ResourcesUnsubscribe = "resources/unsubscribe";
    public const string Complete = "completion/complete";
    public const string SetLevel = "logging/setLevel";
    public const string Listen = "subscriptions/listen";
    public const string Initialized = "notifications/initialized";
    public const string Cancelled = "notifications/cancelled";
    public const string Progress = "notifications/progress";
    public const string Message = "notifications/message";
    public const string Acknowledged = "notifications/subscriptions/acknowledged";
    public const string ToolsChanged = "notifications/tools/list_changed";
    public const string PromptsChanged = "notifications/prompts/list_changed";
    public const string ResourcesChanged = "notifications/resources/list_changed";
    public const string ResourceUpdated = "notifications/resources/updated";
    public const string RootsChanged = "notifications/roots/list_changed";

    /// <summary>From a bridge to its daemon: its client has ended in order and has been given all that came for it.</summary>
    public const string Goodbye = "notifications/coagent/goodbye";

    private static readonly (byte[] Utf8, string Name)[] Known = WithUtf8(
    [
        ToolsCall, Progress, Message, ToolsList, Cancelled, ResourcesRead, Ping, Initialize, Initialized, Discover,
        PromptsList, PromptsGet, ResourcesList, ResourceTemplatesList, ResourcesSubscribe, ResourcesUnsubscribe,
        Complete, SetLevel, Listen, Acknowledged, ToolsChanged, PromptsChanged, ResourcesChanged, ResourceUpdated,
        RootsChanged, Goodbye,
    ]);

    private static (byte[] Utf8, string Name)[] WithUtf8(string[] names) =>
        [.. names.Select(static name => (Encoding.UTF8.GetBytes(name), name))];

    /// <summary>The method that the reader stands on; empty when it is no text.</summary>
    public static string Get(ref Utf8JsonReader reader)
    {
        foreach (var (utf8, name) in Known)
        {
            if (reader.IsText(utf8))
            {
                return name;
            }
        }

        return reader.ReadText() ?? "";
    }
}
