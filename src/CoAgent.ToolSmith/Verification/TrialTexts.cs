using System.Text.Json;
using System.Text.Json.Nodes;

namespace CoAgent.ToolSmith.Verification;

/// <summary>Puts the trial folder where examples and profiles name it.</summary>
internal static class TrialTexts
{
    private const string Root = "{root}";

    internal static string Fill(string text, string root) => text.Replace(Root, root, StringComparison.Ordinal);

    internal static JsonElement Fill(JsonElement value, string root) => JsonSerializer.SerializeToElement(Fill(JsonNode.Parse(value.GetRawText()), root));

    private static JsonNode? Fill(JsonNode? value, string root) => value switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Fill(member.Value, root)))),
        JsonArray elements => new JsonArray([.. elements.Select(element => Fill(element, root))]),
        JsonValue leaf when leaf.TryGetValue<string>(out var text) => JsonValue.Create(Fill(text, root)),
        _ => value?.DeepClone(),
    };
}
