namespace CoAgent.Fixtures.Wire;

/// <summary>Writes answers as text; the id is the request's own, byte for byte.</summary>
internal static class Answers
{
    /// <summary>A result; <paramref name="members"/> is the inside of its object.</summary>
    public static string Result(WireMessage request, string members)
    {
        var complete = request.DeclaredVersion is null
            ? members
            : members.Length == 0
                ? "\"resultType\":\"complete\""
                : "\"resultType\":\"complete\"," + members;
        return $$$$"""{"jsonrpc":"2.0","id":{{{{request.Id}}}},"result":{{{{{complete}}}}}}""";
    }

    /// <summary>A list, with the caching hints that newer clients need.</summary>
    public static string List(WireMessage request, string members) => Result(
        request,
        request.DeclaredVersion is null ? members : members + ",\"ttlMs\":0,\"cacheScope\":\"private\"");

    /// <summary>One text block; <paramref name="text"/> is a JSON string, quotes included.</summary>
    public static string Text(WireMessage request, string text, bool isError = false) => Result(
        request,
        $$"""
        "content":[{"type":"text","text":{{text}}}]{{(isError ? ",\"isError\":true" : "")}}
        """);

    public static string Error(WireMessage request, int code, string message, string? data = null) =>
        $$$"""
        {"jsonrpc":"2.0","id":{{{request.Id}}},"error":{"code":{{{code}}},"message":"{{{message}}}"{{{(data is null ? "" : ",\"data\":" + data)}}}}}
        """;

    public static string MethodNotFound(WireMessage request) => Error(request, -32601, "Method not found");
}
