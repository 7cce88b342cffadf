using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CoAgent.Benchmarks.Wire;

namespace CoAgent.Benchmarks.Files;

/// <summary>
/// An MCP server with a few tools of <c>server-filesystem</c>, so that its calls are known for what they read and write: raw stdio, as
/// little work per call as possible, and as much time as it is told to take.
/// </summary>
internal sealed class FileServer(Stream input, Stream output, TimeSpan callTime)
{
    private static readonly string s_tools = string.Join(
        ',',
        new[] { "read_text_file", "write_file", "edit_file" }.Select(static name => $$$"""{"name":"{{{name}}}","inputSchema":{"type":"object"}}"""));

    private readonly LineReader _reader = new(input);
    private readonly GatherWriter _writer = new(output);

    /// <summary>Answers until its input ends.</summary>
    public int Run()
    {
        while (_reader.TryRead(out var line))
        {
            var request = FileRequest.Parse(line);
            if (request.Id.Length > 0)
            {
                Result(request, ResultOf(request));
            }

            if (!_reader.HasBufferedLine)
            {
                _writer.Flush();
            }
        }

        return 0;
    }

    private string ResultOf(FileRequest request) => request.Method switch
    {
        "tools/call" => Call(request),
        "initialize" => $$$"""
            {"protocolVersion":"{{{request.ProtocolVersion}}}","capabilities":{"tools":{}},"serverInfo":{"name":"secure-filesystem-server","version":"1"}}
            """,
        "tools/list" => $$"""{"tools":[{{s_tools}}]}""",
        _ => "{}",
    };

    private string Call(FileRequest request)
    {
        // A tool's time is its own: it is not given to whoever else would run meanwhile.
        var start = Stopwatch.GetTimestamp();
        var answer = Answer(request);
        while (Stopwatch.GetElapsedTime(start) < callTime)
        {
            Thread.SpinWait(20);
        }

        return answer;
    }

    private static string Answer(FileRequest request)
    {
        switch (request.Tool)
        {
            case "read_text_file":
                return TextResult(File.ReadAllText(request.Path));
            case "write_file":
                File.WriteAllBytes(request.Path, request.Content);
                return TextResult($"Successfully wrote to {request.Path}");
            case "edit_file":
                var text = File.ReadAllText(request.Path);
                var at = text.IndexOf(request.OldText, StringComparison.Ordinal);
                if (at < 0)
                {
                    return """{"content":[{"type":"text","text":"Could not find exact match for edit"}],"isError":true}""";
                }

                File.WriteAllText(request.Path, string.Concat(text.AsSpan(0, at), request.NewText, text.AsSpan(at + request.OldText.Length)));
                return TextResult($"Edited {request.Path}");
            default:
                return """{"content":[{"type":"text","text":"no such tool"}],"isError":true}""";
        }
    }

    private static string TextResult(string text) =>
        $$$"""{"content":[{"type":"text","text":"{{{JsonEncodedText.Encode(text)}}}"}]}""";

    private void Result(FileRequest request, string result)
    {
        _writer.AppendLine("{\"jsonrpc\":\"2.0\",\"id\":"u8, request.Id, Encoding.UTF8.GetBytes($",\"result\":{result.ReplaceLineEndings("")}}}"));
    }
}
