using System.Text;
using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Tools;

/// <summary>Replaces a text in a file, leaving every other byte as it was.</summary>
internal static class EditFile
{
    internal static WorkspaceTool Tool { get; } = new WorkspaceTool.OnFiles(
        new ToolDefinition(
            "edit_file",
            "Edit file",
            "Replace a text in a file. Fails unless the text is there exactly once, or all is set.",
            [
                ToolParameter.Text("path", "Path of the file, relative to the workspace root."),
                ToolParameter.Text("old", "The text to replace, exactly as it is in the file."),
                ToolParameter.Text("new", "The text to put in its place."),
                ToolParameter.OptionalFlag("all", "Replace every occurrence."),
            ],
            new ToolHints(ReadOnly: false, Destructive: true, Idempotent: false, OpenWorld: false)),
        Run,
        Bind)
    {
        Foresee = Foresee,
    };

    private static ToolAnswer Run(FileTree tree, ToolArguments arguments, CancellationToken cancellationToken)
    {
        var edit = Plan(tree, arguments);
        FileTree.Replace(edit.File, edit.Bytes);
        return ToolAnswer.Done($"replaced {edit.Found} {(edit.Found == 1 ? "occurrence" : "occurrences")} in {edit.File.Given}");
    }

    private static (WorkspacePath File, byte[] Bytes, int Found) Plan(FileTree tree, ToolArguments arguments)
    {
        var (oldText, newText) = (arguments.Text("old"), arguments.Text("new"));
        if (oldText.Length == 0)
        {
            throw new CallRefusedException("The argument 'old' is empty; give the text to replace, or use write_file.");
        }

        if (oldText == newText)
        {
            throw new CallRefusedException("The arguments 'old' and 'new' are the same; nothing would change.");
        }

        var file = tree.RequireFile(arguments.Text("path"));
        var bytes = tree.ReadBytes(file);
        var crlf = EndsLinesWithCrLf(bytes);
        var sought = Encode(oldText, crlf);
        var found = Count(bytes, sought);
        if (found == 0 || (found > 1 && !arguments.Flag("all")))
        {
            throw new CallRefusedException(found == 0
                ? $"'old' was not found in {file.Given}; read it again, every character counts."
                : $"'old' was found {found} times in {file.Given}; give more of the text around it, or set all.");
        }

        return (file, Replace(bytes, sought, Encode(newText, crlf), found, file.Given, tree.Limits.FileBytesMax), found);
    }

    // A file that ends every line with CR LF keeps doing so: the line feeds that models write stand for its line ends.
    private static byte[] Encode(string text, bool crlf) =>
        Encoding.UTF8.GetBytes(crlf
            ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal)
            : text);

    private static bool EndsLinesWithCrLf(ReadOnlySpan<byte> bytes)
    {
        var lines = bytes.Count((byte)'\n');
        return lines > 0 && bytes.Count("\r\n"u8) == lines;
    }

    // Occurrences that overlap are not one clear place either: "aa" is there twice in "aaa".
    private static int Count(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> sought)
    {
        var count = bytes.Count(sought);
        var overlaps = count == 1 && bytes[(bytes.IndexOf(sought) + 1)..].IndexOf(sought) >= 0;
        return overlaps ? 2 : count;
    }

    private static byte[] Replace(
        ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> sought, ReadOnlySpan<byte> put, int found, string given, int bytesMax)
    {
        if (bytes.Length + ((long)found * (put.Length - sought.Length)) > bytesMax)
        {
            throw new CallRefusedException($"{given} would grow beyond {bytesMax} bytes; nothing was changed.");
        }

        var edited = new MemoryStream(bytes.Length);
        int at;
        while ((at = bytes.IndexOf(sought)) >= 0)
        {
            edited.Write(bytes[..at]);
            edited.Write(put);
            bytes = bytes[(at + sought.Length)..];
        }

        edited.Write(bytes);
        return edited.ToArray();
    }

    private static Dictionary<string, Expectation> Foresee(FileTree tree, ToolArguments arguments)
    {
        var edit = Plan(tree, arguments);
        return new Dictionary<string, Expectation> { [edit.File.Absolute] = Expectation.FileOf.Bytes(edit.Bytes) };
    }

    private static Footprint Bind(WorkspaceRoot root, ToolArguments arguments)
    {
        var file = root.Resolve(arguments.Text("path"));
        return Footprint.ReadModifyWrite(FootprintParts.WayTo(root, file), [ObjectIds.Node(file.Absolute)]);
    }
}
