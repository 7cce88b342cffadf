using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace CoAgent.Fixtures.Conformance;

/// <summary>The prompts of the conformance server.</summary>
internal static class ConformancePrompts
{
    public static List<Prompt> List(bool withDynamic)
    {
        List<Prompt> prompts =
        [
            new() { Name = "test_simple_prompt", Description = "A prompt of one text." },
            new()
            {
                Name = "test_prompt_with_arguments",
                Description = "A prompt with two arguments.",
                Arguments = [Required("arg1"), Required("arg2")],
            },
            new()
            {
                Name = "test_prompt_with_embedded_resource",
                Description = "A prompt that embeds a resource.",
                Arguments = [Required("resourceUri")],
            },
            new() { Name = "test_prompt_with_image", Description = "A prompt with a picture." },
            new() { Name = "test_input_required_result_prompt", Description = "A prompt that asks the user first." },
        ];
        if (withDynamic)
        {
            prompts.Add(new Prompt { Name = "test_dynamic_prompt", Description = "Comes and goes." });
        }

        return prompts;
    }

    public static GetPromptResult Get(RequestContext<GetPromptRequestParams> context) => context.Params.Name switch
    {
        "test_simple_prompt" => Messages(Text("This is a simple prompt for testing.")),
        "test_prompt_with_arguments" => Messages(Text(
            $"Prompt with arguments: arg1='{Argument(context, "arg1")}', arg2='{Argument(context, "arg2")}'")),
        "test_prompt_with_embedded_resource" => Messages(
            Embedded(Argument(context, "resourceUri")), Text("Please process the embedded resource above.")),
        "test_prompt_with_image" => Messages(
            ImageContentBlock.FromBytes(SampleMedia.RedPixel, "image/png"), Text("Please analyze the image above.")),
        "test_input_required_result_prompt" => AfterAsking(context),
        "test_dynamic_prompt" => Messages(Text("The dynamic prompt.")),
        var name => throw new McpProtocolException($"Unknown prompt: '{name}'", McpErrorCode.InvalidParams),
    };

    private static GetPromptResult AfterAsking(RequestContext<GetPromptRequestParams> context) =>
        InputResponses.Object(context.Params, "user_context") is { } answer
            ? Messages(Text("The context: " + InputResponses.ContentText(answer, "context")))
            : throw new InputRequiredException(new Dictionary<string, InputRequest>
            {
                ["user_context"] = InputRequest.ForElicitation(
                    ElicitationForms.OneText("What context should the prompt use?", "context")),
            });

    private static PromptArgument Required(string name) => new() { Name = name, Description = name, Required = true };

    private static string Argument(RequestContext<GetPromptRequestParams> context, string name) =>
        context.Params.Arguments is { } arguments && arguments.TryGetValue(name, out var value)
            ? value.ToString()
            : throw new McpProtocolException($"The prompt needs '{name}'.", McpErrorCode.InvalidParams);

    private static TextContentBlock Text(string text) => new() { Text = text };

    private static EmbeddedResourceBlock Embedded(string uri) => new()
    {
        Resource = new TextResourceContents
        {
            Uri = uri,
            MimeType = "text/plain",
            Text = "Embedded resource content for testing.",
        },
    };

    private static GetPromptResult Messages(params ContentBlock[] blocks) => new()
    {
        Messages = [.. blocks.Select(block => new PromptMessage { Role = Role.User, Content = block })],
    };
}
