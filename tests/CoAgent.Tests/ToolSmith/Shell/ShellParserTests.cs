using CoAgent.ToolSmith.Shell.Parsing;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.Tests.ToolSmith.Shell;

/// <summary>The tree that the parser makes, its faults and its limits.</summary>
public sealed class ShellParserTests
{
    [Fact]
    public void The_whole_corpus_is_understood()
    {
        Assert.True(ShellCorpus.All.Count >= 500, $"The corpus has {ShellCorpus.All.Count} lines.");
        Assert.DoesNotContain(ShellCorpus.All, static text => !ShellCorpus.Accepts(text));
    }

    [Theory]
    [InlineData("echo 'a", 5)]
    [InlineData("if true; then", 13)]
    [InlineData("ls )", 3)]
    [InlineData("a;;b", 1)]
    [InlineData("echo \"$(ls", 10)]
    [InlineData("f() echo", 4)]
    [InlineData("cat <", 5)]
    [InlineData("for 1 in a; do :; done", 4)]
    public void A_fault_says_where_it_is(string text, int position)
    {
        var fault = Assert.IsType<ParseOutcome.Faulted>(ShellParser.Parse(text, ShellCorpus.Limits)).Fault;
        Assert.Equal((position, false), (fault.Position, fault.IsLimit));
    }

    [Fact]
    public void Every_span_shows_its_own_text()
    {
        const string Text = "echo  \"a b\"c $(ls -l) `id \\`pwd\\`` > out # end";
        var command = (Command.Simple)ShellCorpus.Parse(Text).Body.Statements[0].First.Stages[0].Command;
        Assert.Equal(["echo", "\"a b\"c", "$(ls -l)", "`id \\`pwd\\``"], command.Words.Select(word => Text[word.Span.Start..word.Span.End]));
        var backquoted = ((WordPart.Substitution)command.Words[3].Parts[0]).Body.Statements[0];
        Assert.Equal("id", Text[Inner(backquoted, 0)]);
        var inner = ((WordPart.Substitution)((Command.Simple)backquoted.First.Stages[0].Command).Words[1].Parts[0]).Body.Statements[0];
        Assert.Equal("pwd", Text[Inner(inner, 0)]);
        var script = ShellCorpus.Parse(Text);
        Assert.Equal("# end", Text[script.Comments[0].Start..script.Comments[0].End]);
    }

    [Fact]
    public void A_here_document_belongs_to_the_line_that_names_it()
    {
        var statements = ShellCorpus.Parse("cat <<A <<'B' | wc\none $x\nA\ntwo $x\nB\nls").Body.Statements;
        var redirections = statements[0].First.Stages[0].Command.Redirections;
        Assert.Equal(2, statements.Length);
        Assert.Contains(redirections[0].Document!.Body.Parts, static part => part is WordPart.Parameter);
        Assert.Equal("two $x\n", Assert.IsType<WordPart.Quoted>(Assert.Single(redirections[1].Document!.Body.Parts)).Text);
        Assert.True(redirections[0].Document!.IsTerminated);
    }

    /// <summary>A line that goes on is no delimiter, unless the delimiter is quoted.</summary>
    [Theory]
    [InlineData("cat <<A\na\\\nA\nA\nls", 2)]
    [InlineData("cat <<'A'\na\\\nA\nA\nls", 3)]
    [InlineData("cat <<-A\n\ta\n\tA\nls", 2)]
    public void A_here_document_ends_at_its_delimiter(string text, int statements) =>
        Assert.Equal(statements, ShellCorpus.Parse(text).Body.Statements.Length);

    [Fact]
    public void A_length_at_the_limit_is_taken_and_one_more_is_not()
    {
        var limits = new ParseLimits { LengthMax = 7 };
        Assert.IsType<ParseOutcome.Parsed>(ShellParser.Parse("echo ab", limits));
        Assert.True(Assert.IsType<ParseOutcome.Faulted>(ShellParser.Parse("echo abc", limits)).Fault.IsLimit);
    }

    [Theory]
    [InlineData("( ", "a", " )")]
    [InlineData("$(", "a", ")")]
    [InlineData("{ ", "a", "; }")]
    [InlineData("${x:-", "a", "}")]
    [InlineData("if ", "a", "; then b; fi")]
    public void A_depth_at_the_limit_is_taken_and_much_more_is_not(string open, string middle, string close)
    {
        Assert.True(ShellCorpus.Accepts(Nested(12)));
        var fault = Assert.IsType<ParseOutcome.Faulted>(ShellParser.Parse(Nested(5000), ShellCorpus.Limits)).Fault;
        Assert.True(fault.IsLimit, fault.Message);

        string Nested(int depth) => string.Concat(Enumerable.Repeat(open, depth)) + middle + string.Concat(Enumerable.Repeat(close, depth));
    }

    [Fact]
    public void A_depth_is_counted_exactly()
    {
        var limits = new ParseLimits { DepthMax = 5 };
        Assert.IsType<ParseOutcome.Parsed>(ShellParser.Parse("((((a))))"[2..^2], limits));
        Assert.IsType<ParseOutcome.Parsed>(ShellParser.Parse("( ( ( ( a ) ) ) )", limits));
        Assert.IsType<ParseOutcome.Faulted>(ShellParser.Parse("( ( ( ( ( a ) ) ) ) )", limits));
    }

    [Fact]
    public void A_count_of_nodes_over_the_limit_is_not_taken()
    {
        var limits = new ParseLimits { NodesMax = 100 };
        Assert.IsType<ParseOutcome.Parsed>(ShellParser.Parse("echo" + string.Concat(Enumerable.Repeat(" a", 40)), limits));
        Assert.True(Assert.IsType<ParseOutcome.Faulted>(ShellParser.Parse("echo" + string.Concat(Enumerable.Repeat(" a", 60)), limits)).Fault.IsLimit);
    }

    [Theory]
    [InlineData("echo {a,b}", true)]
    [InlineData("ls &> x", true)]
    [InlineData("a=(1)", true)]
    [InlineData("[[ a ]]", true)]
    [InlineData("echo $'a'", true)]
    [InlineData("diff <(a) b", true)]
    [InlineData("echo ${x//a/b}", true)]
    [InlineData("if [ -f x ]; then echo \"${x%.c}\" 2>&1 | tee y; fi", false)]
    [InlineData("for i in a b; do echo $((1+1)) $(ls) > o; done", false)]
    public void What_only_bash_understands_is_marked(string text, bool isBashOnly) =>
        Assert.Equal(isBashOnly, ShellCorpus.Parse(text).BashOnlyAt is not null);

    private static Range Inner(Statement statement, int word)
    {
        var span = ((Command.Simple)statement.First.Stages[0].Command).Words[word].Span;
        return span.Start..span.End;
    }
}
