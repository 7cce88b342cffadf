using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace CoAgent.Fixtures.Conformance;

/// <summary>The tools that need input from the client in several rounds (2026-07-28).</summary>
internal sealed class InputRequiredTools(RequestStateSeal seal)
{
    public IEnumerable<ConformanceTool> All() =>
    [
        new("test_input_required_result_elicitation", "Asks the user for a name.", GreetAsync),
        new("test_input_required_result_sampling", "Asks the model for a capital.", AskCapitalAsync),
        new("test_input_required_result_list_roots", "Asks for the client's roots.", CountRootsAsync),
        new("test_input_required_result_request_state", "Carries state through the round.", ConfirmAsync),
        new("test_input_required_result_multiple_inputs", "Asks for three things at once.", AskThreeAsync),
        new("test_input_required_result_multi_round", "Asks twice, one after the other.", AskTwiceAsync),
        new("test_input_required_result_tampered_state", "Refuses state that it did not give.", ConfirmAsync),
        new("test_input_required_result_capabilities", "Asks only for what the client can do.", AskWhatIsPossibleAsync),
    ];

    private static ValueTask<CallToolResult> GreetAsync(
        RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken) =>
        InputResponses.Object(context.Params, "user_name") is { } answer
            ? ValueTask.FromResult(ConformanceTool.Text($"Hello, {InputResponses.ContentText(answer, "name")}!"))
            : throw Need("user_name", InputRequest.ForElicitation(ElicitationForms.OneText("What is your name?", "name")));

    private static ValueTask<CallToolResult> AskCapitalAsync(
        RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken) =>
        InputResponses.Object(context.Params, "capital_question") is { } answer
            ? ValueTask.FromResult(ConformanceTool.Text("The model said: " + answer.GetRawText()))
            : throw Need("capital_question", Sampling("What is the capital of France?", tokensMax: 100));

    private static ValueTask<CallToolResult> CountRootsAsync(
        RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken) =>
        InputResponses.Object(context.Params, "client_roots") is { } answer
            ? ValueTask.FromResult(ConformanceTool.Text("The client's roots: " + answer.GetRawText()))
            : throw Need("client_roots", Roots());

    private ValueTask<CallToolResult> ConfirmAsync(
        RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken)
    {
        if (context.Params.RequestState is { } state)
        {
            return ValueTask.FromResult(ConformanceTool.Text("state-ok: " + seal.Open(state)));
        }

        throw Need("confirm", InputRequest.ForElicitation(ElicitationForms.Confirmation()), seal.Close("confirm"));
    }

    private ValueTask<CallToolResult> AskThreeAsync(
        RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken)
    {
        string[] keys = ["user_name", "greeting", "client_roots"];
        if (context.Params.RequestState is { } state
            && Array.TrueForAll(keys, key => InputResponses.Object(context.Params, key) is not null))
        {
            return ValueTask.FromResult(ConformanceTool.Text("All inputs arrived: " + seal.Open(state)));
        }

        throw new InputRequiredException(
            new Dictionary<string, InputRequest>
            {
                ["user_name"] = InputRequest.ForElicitation(ElicitationForms.OneText("What is your name?", "name")),
                ["greeting"] = Sampling("Generate a greeting", tokensMax: 50),
                ["client_roots"] = Roots(),
            },
            seal.Close("three"));
    }

    private ValueTask<CallToolResult> AskTwiceAsync(
        RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken)
    {
        var round = context.Params.RequestState is { } state ? seal.Open(state) : "start";
        if (round == "start" || InputResponses.Object(context.Params, round) is not { } answer)
        {
            var form = ElicitationForms.OneText("Step 1: What is your name?", "name");
            throw Need("step1", InputRequest.ForElicitation(form), seal.Close("step1"));
        }

        if (round == "step1")
        {
            var form = ElicitationForms.OneText("Step 2: What is your favorite color?", "color");
            throw Need("step2", InputRequest.ForElicitation(form), seal.Close("step2"));
        }

        return ValueTask.FromResult(ConformanceTool.Text("The color: " + InputResponses.ContentText(answer, "color")));
    }

    private static ValueTask<CallToolResult> AskWhatIsPossibleAsync(
        RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken)
    {
        if (context.Params.InputResponses is { Count: > 0 })
        {
            return ValueTask.FromResult(ConformanceTool.Text("The inputs arrived."));
        }

        var requests = new Dictionary<string, InputRequest>();
        if (context.Server.ClientCapabilities?.Sampling is not null)
        {
            requests["model"] = Sampling("Say anything", tokensMax: 50);
        }

        if (context.Server.ClientCapabilities?.Elicitation is not null)
        {
            requests["user"] = InputRequest.ForElicitation(ElicitationForms.Confirmation());
        }

        return requests.Count == 0
            ? ValueTask.FromResult(ConformanceTool.Text("The client can be asked nothing."))
            : throw new InputRequiredException(requests);
    }

    private static InputRequiredException Need(string key, InputRequest request, string? requestState = null) =>
        new(new Dictionary<string, InputRequest> { [key] = request }, requestState);

    private static InputRequest Sampling(string prompt, int tokensMax) =>
        InputRequest.ForSampling(SamplingRequests.Ask(prompt, tokensMax));

    private static InputRequest Roots() => InputRequest.ForRootsList(new ListRootsRequestParams());
}
