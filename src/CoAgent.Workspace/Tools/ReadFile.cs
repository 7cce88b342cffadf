using System.Text;
using System.Text.Unicode;
using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Tools;

/// <summary>Answers the text of a file, or some lines of it, byte for byte.</summary>
internal static class ReadFile
{
    internal static WorkspaceTool Tool { get; } = new WorkspaceTool.OnFiles(
        new ToolDefinition(
            "read_file",
            "Read file",
            "Read a UTF-8 text file, exactly as it is.",
            [
                ToolParameter.Text("path", "Path of the file, relative to the workspace root."),
                ToolParameter.OptionalCount("offset", "First line to read; 1 is the first line of the file."),
                ToolParameter.OptionalCount("limit", "How many lines to read; all by default."),
            ],
            ToolHints.Reads),
        Run,
        Bind);

    private static ToolAnswer Run(FileTree tree, ToolArguments arguments, CancellationToken cancellationToken)
    {
        var file = tree.RequireFile(arguments.Text("path"));
        var bytes = tree.ReadBytes(file);
        if (!Utf8.IsValid(bytes))
        {
            return ToolAnswer.Failed($"{file.Given} is not UTF-8 text ({bytes.Length} bytes); use bash (file, xxd, strings) on it.");
        }

        var offset = arguments.OptionalInteger("offset") ?? 1;
        var limit = arguments.OptionalInteger("limit") ?? int.MaxValue;
        var begin = TextLines.StartOf(bytes, offset);
        if (begin < 0)
        {
            return ToolAnswer.Failed($"{file.Given} has {TextLines.Count(bytes)} lines; offset {offset} is beyond its end.");
        }

        var wanted = bytes.AsSpan(begin, TextLines.LengthOf(bytes.AsSpan(begin), limit));
        return ToolAnswer.Done(wanted.Length <= tree.Limits.AnswerBytesMax
            ? Encoding.UTF8.GetString(wanted)
            : Cut(wanted, offset, TextLines.Count(bytes), tree.Limits.AnswerBytesMax));
    }

    private static string Cut(ReadOnlySpan<byte> wanted, int offset, int lineCount, int bytesMax)
    {
        var lastLineEnd = wanted[..bytesMax].LastIndexOf((byte)'\n') + 1;
        if (lastLineEnd > 0)
        {
            var shown = TextLines.Count(wanted[..lastLineEnd]);
            return Encoding.UTF8.GetString(wanted[..lastLineEnd])
                + $"[cut: lines {offset} to {offset + shown - 1} of {lineCount}; go on with offset {offset + shown}]";
        }

        var part = wanted[..TextLines.CharacterBoundary(wanted, bytesMax)];
        return Encoding.UTF8.GetString(part)
            + $"\n[cut: the first {part.Length} bytes of line {offset} of {lineCount}; the rest of a line this long is for bash (cut -b), "
            + $"the next line is at offset {offset + 1}]";
    }

    private static Footprint Bind(WorkspaceRoot root, ToolArguments arguments)
    {
        var file = root.Resolve(arguments.Text("path"));
        return Footprint.Read([ObjectIds.Node(file.Absolute), .. FootprintParts.WayTo(root, file)]);
    }
}
