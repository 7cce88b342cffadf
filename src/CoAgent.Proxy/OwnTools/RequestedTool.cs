using System.Text.Json.Nodes;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.OwnTools;

/// <summary>What <c>coagent_request_tool</c> answers.</summary>
internal static class RequestedTool
{
    public static OwnAnswer Of(ToolOffer offer)
    {
        var members = new JsonObject { ["state"] = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName($"{offer.Kind}") };
        if (offer.Tool is { } tool)
        {
            members["tool"] = tool;
        }

        if (offer.Arguments is { } arguments)
        {
            members["arguments"] = JsonNode.Parse(arguments.GetRawText());
        }

        if (!offer.Others.IsEmpty)
        {
            members["others"] = new JsonArray([.. offer.Others.Select(static other => JsonValue.Create(other))]);
        }

        return new OwnAnswer(offer.Words, members) { IsError = offer.Kind is ToolOfferKind.Missing or ToolOfferKind.Quarantined };
    }
}
