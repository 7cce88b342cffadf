using ModelContextProtocol.Protocol;

namespace CoAgent.Fixtures.Conformance;

/// <summary>What the server asks of the client's model, and how it reads the answer.</summary>
internal static class SamplingRequests
{
    public static CreateMessageRequestParams Ask(string prompt, int tokensMax) => new()
    {
        Messages = [new SamplingMessage { Role = Role.User, Content = [new TextContentBlock { Text = prompt }] }],
        MaxTokens = tokensMax,
    };

    public static string TextOf(CreateMessageResult answer) =>
        string.Concat(answer.Content.OfType<TextContentBlock>().Select(block => block.Text));
}
