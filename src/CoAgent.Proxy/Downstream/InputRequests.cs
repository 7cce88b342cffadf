using System.Text.Json;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Downstream;

/// <summary>What a modern server asks for in an <c>input_required</c> result, put to a legacy client as requests.</summary>
/// <param name="RetryMembers">Members for the retry's params: the client's answers and the server's state.</param>
/// <param name="Refusal">The error to answer instead, when the client could not or would not give an input.</param>
internal sealed record InputRequests(byte[] RetryMembers, JsonRpcFrame? Refusal)
{
    /// <summary>As deep as messages may nest.</summary>
    public static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1_000 };

    public static bool IsAskedBy(JsonRpcFrame result) => result.TextOf(result.Members.ResultType) == "input_required";

    /// <summary>What is wrong with a result that asks for input, in words; null when it can be put to a client.</summary>
    public static string? FaultOf(JsonRpcFrame result)
    {
        var at = result.Members.InputRequests;
        if (!at.Exists)
        {
            return null;
        }

        using var asked = JsonDocument.Parse(result.Memory(at), Deep);
        return asked.RootElement.ValueKind == JsonValueKind.Object
            && asked.RootElement.EnumerateObject().All(static input => IsRequest(input.Value))
                ? null
                : "asked for input without saying by which method (\"inputRequests\").";
    }

    private static bool IsRequest(JsonElement input) =>
        input.ValueKind == JsonValueKind.Object
        && input.TryGetProperty("method", out var method) && method.ValueKind == JsonValueKind.String;

    /// <summary>Asks the client for each input in turn.</summary>
    public static async Task<InputRequests> PutToClientAsync(ILinkOwner owner, JsonRpcFrame result, RelayRequest request)
    {
        var answers = new List<byte[]>();
        if (result.Members.InputRequests.Exists)
        {
            using var asked = JsonDocument.Parse(result.Memory(result.Members.InputRequests), Deep);
            foreach (var input in asked.RootElement.EnumerateObject())
            {
                var answer = await AskAsync(owner, input.Value, request);
                if (answer is not { Kind: FrameKind.Result })
                {
                    return new InputRequests([], RefusalOf(request.Frame, input.Name, answer));
                }

                answers.Add(ObjectEdit.Member(input.Name, answer.Span(answer.Body)));
            }
        }

        byte[] responses = [.. "\"inputResponses\":{"u8, .. Join(answers), (byte)'}'];
        return new InputRequests(
            result.Members.RequestState.Exists
                ? [.. responses, .. ",\"requestState\":"u8, .. result.Span(result.Members.RequestState)]
                : responses,
            Refusal: null);
    }

    private static Task<JsonRpcFrame?> AskAsync(ILinkOwner owner, JsonElement input, RelayRequest request)
    {
        var parameters = input.TryGetProperty("params", out var given)
            ? System.Text.Encoding.UTF8.GetBytes(given.GetRawText())
            : [];
        return owner.AskClientAsync(
            input.GetProperty("method").GetString() ?? "", parameters, request.Requester, request.CancellationToken);
    }

    private static JsonRpcFrame RefusalOf(JsonRpcFrame request, string input, JsonRpcFrame? answer)
    {
        var why = answer is null ? "can't be asked" : "answered with an error";
        return JsonRpcFrame.Parse(JsonRpcError.Answer(
            request.Span(request.Id), JsonRpcError.InternalError, $"The server needs the input '{input}', and the client {why}."));
    }

    private static byte[] Join(List<byte[]> members)
    {
        var joined = new List<byte>();
        foreach (var member in members)
        {
            joined.AddRange(joined.Count > 0 ? ","u8 : default);
            joined.AddRange(member);
        }

        return [.. joined];
    }
}
