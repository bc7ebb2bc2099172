"""A decision model and test cases for it; WANTED is the expected result."""

DECISION = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:fee" name="fee">
<inputData name="born" id="born"><variable name="born" typeRef="date"/></inputData>
<decision name="fee" id="fee"><informationRequirement><requiredInput href="#born"/></informationRequirement><decisionTable>
<input><inputExpression><text>born</text></inputExpression></input><output/>
<rule id="old"><inputEntry><text>&lt; date("2000-01-01")</text></inputEntry><outputEntry><text>10.50</text></outputEntry>
<annotationEntry><text>Article 7</text></annotationEntry></rule>
<rule><inputEntry><text>&gt;= date("2000-01-01")</text></inputEntry><outputEntry><text>0</text></outputEntry></rule>
</decisionTable></decision></definitions>"""
KIT = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
xmlns:xsd="http://www.w3.org/2001/XMLSchema"><modelName>fee.dmn</modelName><testCase id="001"><inputNode name="born">
<value xsi:type="xsd:date">1990-05-06</value></inputNode><resultNode name="fee"><expected><value
xsi:type="xsd:decimal">WANTED</value></expected></resultNode></testCase></testCases>"""
