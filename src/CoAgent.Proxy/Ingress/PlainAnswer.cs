using CoAgent.Proxy.Wire;
using Microsoft.AspNetCore.Http;

namespace CoAgent.Proxy.Ingress;

/// <summary>An answer to a request that never became a message: an error without an id.</summary>
internal static class PlainAnswer
{
    public static async Task WriteAsync(HttpContext context, int status, string message)
    {
        var answer = JsonRpcError.Answer(default, JsonRpcError.InvalidRequest, message);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
    }
}
