using System.Text.Json;
using CoAgent.Fixtures.Echo;
using CoAgent.Fixtures.Wire;

namespace CoAgent.Fixtures.Faulty;

/// <summary>The tools that only a server of 2026-07-28 can have, and what they ask for.</summary>
internal static class ModernOnlyTools
{
    public static string List { get; } = string.Join(',',
        EchoTools.List,
        Tool("ask_sampling"),
        Tool("ask_elicitation"),
        Tool("ask_roots"),
        Tool("change_tools"),
        Tool("change_prompts"),
        Tool("change_resources"),
        Tool("change_resource"));

    public static string InputRequired(WireMessage call, string state)
    {
        var request = call.Tool switch
        {
            "ask_sampling" => """
                {"method":"sampling/createMessage","params":{"messages":[{"role":"user","content":{"type":"text","text":"Say a word"}}],"maxTokens":10}}
                """,
            "ask_elicitation" => """
                {"method":"elicitation/create","params":{"message":"Your name?","requestedSchema":{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}}}
                """,
            _ => """{"method":"roots/list","params":{}}""",
        };
        return $$$$"""
            {"jsonrpc":"2.0","id":{{{{call.Id}}}},"result":{"resultType":"input_required","inputRequests":{"asked":{{{{request}}}}},"requestState":{{{{Quote(state)}}}}}}
            """;
    }

    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static string Tool(string name) =>
        $$$"""{"name":"{{{name}}}","description":"For tests.","inputSchema":{"type":"object"}}""";
}
